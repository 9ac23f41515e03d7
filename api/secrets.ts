import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Nothing that anyone can send fits it. */
const nobodys = randomBytes(32);

/** Takes the same time whatever is given and expected; `expected` null fits nothing. */
export const isSecret = (given: string, expected: string | null): boolean => {
  const isEqual = timingSafeEqual(digest(given), expected === null ? nobodys : digest(expected));
  return isEqual && expected !== null;
};

/** Of 256 random bits, so it needs neither salt nor a slow hash. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** The hash under which a secret is stored: 64 hexadecimal digits. */
export const secretHash = (secret: string): string => digest(secret).toString('hex');
