// A letter over SMTP.
import { createTransport } from 'nodemailer';
import { messageOf } from '#core/errors';
import type { EmailSettings } from '../settings.ts';
import type { DeliveryWay, SendOutcome } from './way.ts';

const waitMs = 20_000;

/** A permanent answer (5xx to the letter itself) is a refusal; everything else may pass. */
function outcomeOf(thrown: unknown): SendOutcome {
  const why = messageOf(thrown);
  const code = thrown instanceof Error && 'responseCode' in thrown ? thrown.responseCode : undefined;
  const command = thrown instanceof Error && 'command' in thrown ? thrown.command : undefined;
  // A refused sign-in or greeting is our own settings' fault and will be mended; a refused recipient or letter will not.
  const final = typeof code === 'number' && code >= 550 && code <= 554 && (command === 'RCPT TO' || command === 'DATA');
  return final ? { kind: 'refused', why } : { kind: 'later', why };
}

/** A way over one mail server. The message id is made of the key, so that a second sending is the same letter. */
export function emailWay(settings: EmailSettings): DeliveryWay {
  const { host, port, secure, user, password, from } = settings;
  const transport = createTransport({
    host,
    port,
    secure,
    connectionTimeout: waitMs,
    greetingTimeout: waitMs,
    socketTimeout: waitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user && password ? { auth: { user, pass: password } } : {}),
  });
  const domain = from.replace(/^.*@/, '').replace(/[^A-Za-z0-9.-].*$/, '') || 'localhost';
  return {
    name: 'email',
    send: async ({ key, address, letter }) => {
      if (!address) return { kind: 'refused', why: 'the agency has no e-mail address' };
      try {
        const sent = await transport.sendMail({
          from,
          to: address,
          subject: letter.subject,
          text: letter.text,
          messageId: `<${key}@${domain}>`,
          headers: { 'X-Ahual-Task': String(letter.number), 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'delivered', receipt: `${sent.response} ${sent.messageId}` };
      } catch (thrown) {
        return outcomeOf(thrown);
      }
    },
  };
}
