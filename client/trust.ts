import { TrustState } from '../contracts/trust.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type TrustApi = {
  /** Whether the project of the stack is trusted, and what it would allow. */
  getTrust(options?: Signal): Promise<TrustState>;
  /** Throws `trust_changed` when the content no longer has this hash. */
  giveTrust(hash: string, options?: Signal): Promise<TrustState>;
  revokeTrust(options?: Signal): Promise<TrustState>;
};

export const trustApi = ({ read }: Transport): TrustApi => ({
  getTrust: ({ signal } = {}) =>
    read(TrustState, { action: 'read what the project is trusted with', path: '/trust', signal }),
  giveTrust: (hash, { signal } = {}) =>
    read(TrustState, { action: 'trust the project', method: 'POST', path: '/trust', body: { hash }, signal }),
  revokeTrust: ({ signal } = {}) =>
    read(TrustState, { action: 'revoke the trust in the project', method: 'DELETE', path: '/trust', signal }),
});
