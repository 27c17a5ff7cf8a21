// Second factors: one-time codes of an authenticator (RFC 6238) and recovery codes. Secrets are kept encrypted; no code works twice.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import qrcode from 'qrcode';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { accountFactor, type db } from '#store';
import type { FactorOffer } from '../contract.ts';
import { tokenHashOf } from './door.ts';

const periodS = 30;
const digits = 6;
const recoveryCodes = 10;
const keyMin = 32;

export interface Factors {
  /** Can secrets be kept at all? Not without the key. */
  readonly possible: boolean;
  /** A new secret for this person, which counts from its first right code on. Throws where one is on already. */
  offer(person: { readonly id: string; readonly login: string }): Promise<FactorOffer>;
  /** Is a second factor on? */
  isOn(personId: string): Promise<boolean>;
  /** Uses a code up, or a recovery code. False where it is wrong, too old or was used before. */
  use(tx: db.Tx, personId: string, code: string): Promise<boolean>;
  /** New recovery codes in place of the older ones; they are shown now and never again. */
  newCodes(tx: db.Tx, personId: string): Promise<string[]>;
}

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';

/** 16 characters of 31 (79 bits) in groups: too many to be guessed, so a plain hash is kept. */
function newCode(): string {
  let text = '';
  while (text.length < 16) {
    for (const byte of randomBytes(32)) if (byte < 248 && text.length < 16) text += alphabet[byte % 31] ?? '';
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

const codeHashOf = (code: string): string => tokenHashOf(code.toLowerCase().replace(/[^0-9a-z]/g, ''));

/** Opens second factors. Without a key nobody can set one up; a short key is refused with CONFIG_INVALID. */
export function openFactors(options: {
  readonly database: db.Database;
  readonly clock: Clock;
  readonly key: string | undefined;
  readonly issuer: string;
}): Factors {
  const { database, clock, issuer } = options;
  if (options.key !== undefined && options.key.length < keyMin) {
    const message = `the secret AHUAL_FACTOR_KEY has fewer than ${keyMin} characters.`;
    throw new AhualError('CONFIG_INVALID', message, 'Make one by `openssl rand -base64 32`.');
  }
  const key =
    options.key === undefined ? undefined : Buffer.from(hkdfSync('sha256', options.key, '', 'ahual second factor', 32));

  function keyOrRefuse(): Buffer {
    if (key) return key;
    const cure = 'Set the secret AHUAL_FACTOR_KEY (`openssl rand -base64 32`) and start the dashboard again.';
    throw new AhualError('AUTH_DENIED', 'This installation has no key to keep second factors with.', cure);
  }

  // The person's id is bound into the seal, so that a row cannot be moved to somebody else.
  function seal(personId: string, secret: string): string {
    const start = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keyOrRefuse(), start).setAAD(Buffer.from(personId));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [start, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.');
  }

  function unseal(personId: string, text: string): string {
    const [start, tag, sealed] = text.split('.').map((part) => Buffer.from(part, 'base64url'));
    try {
      if (!start || !tag || !sealed) throw new Error('a part is missing');
      const decipher = createDecipheriv('aes-256-gcm', keyOrRefuse(), start).setAAD(Buffer.from(personId));
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    } catch (thrown) {
      if (thrown instanceof AhualError) throw thrown;
      const message = 'a second factor cannot be opened with the key of this installation.';
      const cure = 'Set AHUAL_FACTOR_KEY to what it was, or have the second factor taken off by two administrators.';
      throw new AhualError('CONFIG_INVALID', message, cure, { personId }, thrown);
    }
  }

  const totpOf = (secret: Secret, label: string): TOTP =>
    new TOTP({ issuer, label, algorithm: 'SHA1', digits, period: periodS, secret });

  return {
    possible: key !== undefined,
    isOn: async (personId) => typeof (await accountFactor.of(database, personId))?.confirmedAtMs === 'number',
    offer: async ({ id, login }) => {
      const secret = new Secret({ size: 20 });
      const sealed = seal(id, secret.base32);
      const begun = await database.transaction((tx) => accountFactor.begin(tx, id, sealed, clock.nowMs()));
      if (!begun) {
        throw new AhualError(
          'AUTH_DENIED',
          'A second factor is on already.',
          'Take it off first, then set up a new one.',
        );
      }
      const uri = totpOf(secret, login).toString();
      const svg = await qrcode.toString(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 });
      return { uri, secret: secret.base32, svg };
    },
    use: async (tx, personId, code) => {
      const factor = await accountFactor.of(tx, personId);
      if (!factor) return false;
      const plain = code.replace(/\s/g, '');
      if (!/^\d{6}$/.test(plain)) return accountFactor.useCode(tx, personId, codeHashOf(code));
      const nowMs = clock.nowMs();
      const totp = totpOf(Secret.fromBase32(unseal(personId, factor.sealed)), '');
      // One period to each side: a phone's clock may be half a minute off.
      const drift = totp.validate({ token: plain, timestamp: nowMs, window: 1 });
      if (drift === null) return false;
      const isFirst = await accountFactor.useStep(tx, personId, Math.floor(nowMs / 1000 / periodS) + drift);
      if (isFirst) await accountFactor.confirm(tx, personId, nowMs);
      return isFirst;
    },
    newCodes: async (tx, personId) => {
      const codes = Array.from({ length: recoveryCodes }, newCode);
      await accountFactor.putCodes(tx, personId, codes.map(codeHashOf));
      return codes;
    },
  };
}
