// Signed HTTP for agencies with their own systems, with the headers of the Standard Webhooks specification 1.0.
import { createHmac } from 'node:crypto';
import { messageOf } from '#core/errors';
import type { DeliveryWay, Parcel, SendOutcome } from './way.ts';

const waitMs = 10_000;

/** A key in the specification's own form is base64 after `whsec_`; any other text is used as it is. */
const keyBytes = (key: string): Buffer =>
  key.startsWith('whsec_') ? Buffer.from(key.slice('whsec_'.length), 'base64') : Buffer.from(key, 'utf8');

/** The signature of one message: base64 of HMAC-SHA256 over id, whole seconds and body, joined by dots. */
export const signatureOf = (key: string, id: string, timestampS: number, body: string): string =>
  `v1,${createHmac('sha256', keyBytes(key)).update(`${id}.${timestampS}.${body}`).digest('base64')}`;

function bodyOf({ letter, task }: Parcel): string {
  return JSON.stringify({
    type: 'task.created',
    timestamp: new Date(task.createdAtMs).toISOString(),
    data: {
      taskId: task.id,
      number: task.number,
      incidentNumber: task.incidentNumber,
      role: task.role,
      hazard: task.hazard,
      sub: task.sub,
      severity: task.severity,
      point: task.point,
      district: task.district,
      place: task.placeName,
      acceptBy: new Date(task.acceptByMs).toISOString(),
      makeSafeBy: task.makeSafeByMs === null ? null : new Date(task.makeSafeByMs).toISOString(),
      fixBy: new Date(task.fixByMs).toISOString(),
      policy: task.policyId,
      pageUrl: letter.pageUrl,
      mapUrl: letter.mapUrl,
      stillUrl: letter.stillUrl,
      text: letter.text,
    },
  });
}

/** 2xx is a receipt; 4xx is final but for a timeout, a conflict in progress and too many requests; everything else may pass. */
function outcomeOf(status: number, text: string): SendOutcome {
  if (status >= 200 && status < 300)
    return { kind: 'delivered', receipt: `HTTP ${status} ${text.slice(0, 200)}`.trim() };
  const why = `HTTP ${status} ${text.slice(0, 200)}`.trim();
  return status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)
    ? { kind: 'refused', why }
    : { kind: 'later', why };
}

/** A message on its way to a system that is not ours. */
export interface SignedMessage {
  /** The same on every try. */
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** The moment of this try, milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Sends one signed message and tells what came of it; never rejects for the other side's fault. Redirects are not followed: a
 * signed body goes only where the city's list says.
 */
export async function sendSigned(
  key: string,
  { id, url, body, nowMs }: SignedMessage,
  signal: AbortSignal,
  withinMs = waitMs,
): Promise<SendOutcome> {
  const timestampS = Math.floor(nowMs / 1000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': String(timestampS),
        'webhook-signature': signatureOf(key, id, timestampS, body),
      },
      body,
    });
    return outcomeOf(response.status, await response.text());
  } catch (thrown) {
    return { kind: 'later', why: messageOf(thrown) };
  }
}

/** A way that signs with one key. */
export function webhookWay(key: string): DeliveryWay {
  return {
    name: 'webhook',
    send: async (parcel, signal) => {
      if (!/^https?:\/\//.test(parcel.address)) return { kind: 'refused', why: 'the agency has no webhook address' };
      const { address: url, nowMs } = parcel;
      return sendSigned(key, { id: parcel.key, url, body: bodyOf(parcel), nowMs }, signal);
    },
  };
}
