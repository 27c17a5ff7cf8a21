// A certificate that signs itself, as cameras come out of the box with one (X.509, RFC 5280), for servers in tests.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : body.length < 256
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const time = (iso: string): Buffer => der(0x17, Buffer.from(`${iso.replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

export interface OwnCertificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the certificate, as browsers and `openssl x509 -fingerprint` write it. */
  readonly fingerprint: string;
}

/** Makes one for `name`, good from 2020 to 2049. */
export function ownCertificate(name: string): OwnCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const named = sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(name)))));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaSha256,
    named,
    sequence(time('2020-01-01T00:00:00'), time('2049-01-01T00:00:00')),
    named,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bytes = sequence(toBeSigned, ecdsaSha256, der(0x03, Buffer.from([0]), signature));
  const lines = bytes.toString('base64').replace(/.{1,64}/g, '$&\n');
  const hex = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    fingerprint: hex.replace(/(..)(?=.)/g, '$1:'),
  };
}
