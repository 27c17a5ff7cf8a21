// The log: one JSON line per fact, constant sentence, fields beside it. Secrets are removed by name.
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Opens the log of a process. `level` is a pino level; output goes to stderr, so stdout stays for answers. */
export function openLog(process: string, level = 'info'): Log {
  return pino(
    {
      level,
      base: { process },
      redact: {
        paths: ['password', 'token', 'secret', 'credential', '*.password', '*.token', '*.secret', '*.credential'],
        censor: '(hidden)',
      },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A log that says nothing, for tests. */
export const silentLog: Log = pino({ level: 'silent' });

/** Removes user and password from any address in a text, before it reaches a log or a screen. */
export const withoutSecrets = (text: string): string => text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, '$1');
