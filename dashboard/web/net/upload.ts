// A file handed in with its progress, which fetch does not tell.
import type { z } from 'zod';
import { csrfHeader } from '../../contract.ts';
import { store } from '../state.ts';
import { addressOf, heard, refusal, Unreachable } from './api.ts';

/** A large table is compared with the list for some seconds after it arrived. */
const withinMs = 180_000;

/** Calls a route that takes one file. `onShare` is told how much of it is on the server, 0 to 1. Throws as `call`. */
export function upload<A extends z.ZodType, Q extends z.ZodType>(
  route: { readonly method: string; readonly path: string; readonly answer: A; readonly query?: Q },
  file: File,
  query: z.input<Q>,
  onShare: (share: number) => void,
): Promise<z.output<A>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(route.method, addressOf(route.path, {}, query));
    request.timeout = withinMs;
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader(csrfHeader, store.getState().me?.csrf ?? '');
    request.upload.onprogress = ({ loaded, total }) => onShare(total === 0 ? 1 : loaded / total);
    request.upload.onload = () => onShare(1);
    const lost = (): void => reject(new Unreachable(route.path));
    request.onerror = lost;
    request.ontimeout = lost;
    request.onabort = lost;
    request.onload = () => {
      if (request.status < 200 || request.status > 299) {
        reject(refusal(request.status, request.responseText));
        return;
      }
      heard();
      try {
        resolve(route.answer.parse(JSON.parse(request.responseText)));
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Unreachable(route.path));
      }
    };
    const form = new FormData();
    form.append('table', file, file.name);
    request.send(form);
  });
}
