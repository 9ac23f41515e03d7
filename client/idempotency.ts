/** 128 random bits in hex. `crypto.randomUUID` is missing in pages that are not served from a secure origin. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
