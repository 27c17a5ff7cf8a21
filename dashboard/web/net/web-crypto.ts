// Web Crypto under the one name that core/ids.ts asks of node:crypto.

/** `size` random bytes. */
export const randomBytes = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size));
