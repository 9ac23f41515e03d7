import { hash } from 'node:crypto';

/** A link of the chain over a request: covers the link before it and the bytes of one more message. */
export const linkOf = (...parts: string[]): string => hash('sha256', parts.join(''));

/** Of one part of a request on its own. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12);
