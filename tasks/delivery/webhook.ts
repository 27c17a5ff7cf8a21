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

/** A way that signs with one key. Redirects are not followed: a signed body goes only where the city's list says. */
export function webhookWay(key: string): DeliveryWay {
  return {
    name: 'webhook',
    send: async (parcel, signal) => {
      if (!/^https?:\/\//.test(parcel.address)) return { kind: 'refused', why: 'the agency has no webhook address' };
      const body = bodyOf(parcel);
      const timestampS = Math.floor(parcel.nowMs / 1000);
      try {
        const response = await fetch(parcel.address, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(waitMs)]),
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'webhook-id': parcel.key,
            'webhook-timestamp': String(timestampS),
            'webhook-signature': signatureOf(key, parcel.key, timestampS, body),
          },
          body,
        });
        return outcomeOf(response.status, await response.text());
      } catch (thrown) {
        return { kind: 'later', why: messageOf(thrown) };
      }
    },
  };
}
