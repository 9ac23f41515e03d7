import { createHmac } from 'node:crypto';
import { isSecret, newSecret } from '../secrets.ts';

/** Of GitHub, Gitea, Bitbucket and others: `sha256=` and the HMAC of the body. */
export const signatureHeader = 'x-hub-signature-256';

export const isSignature = (text: string | undefined): text is string => /^sha256=[0-9a-f]{64}$/i.test(text ?? '');

/** Takes the same time whether there is a secret or not. */
export const isSigned = (body: Buffer, signature: string, secret: string | null): boolean => {
  const hash = createHmac('sha256', secret ?? newSecret())
    .update(body)
    .digest('hex');
  return isSecret(signature.toLowerCase(), secret === null ? null : `sha256=${hash}`);
};
