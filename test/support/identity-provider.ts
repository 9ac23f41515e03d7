import type { Server } from 'node:http';
import { Provider } from 'oidc-provider';
import { freePort } from '../../runtime/ports.ts';

export type Person = { email: string; emailVerified?: boolean; groups?: unknown };

export type IdentityProvider = { issuer: string; clientId: string; close(): Promise<void> };

/** A real OpenID Connect provider on loopback, with one public client. Persons sign in by their key, with any password. */
export const startIdentityProvider = async (
  redirectUri: string,
  persons: Record<string, Person>,
): Promise<IdentityProvider> => {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const clientId = 'everturn';
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => {
        const person = persons[id];
        return { sub: id, email: person?.email, email_verified: person?.emailVerified ?? true, groups: person?.groups };
      },
    }),
    cookies: { keys: ['of a test'] },
  });
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = provider.listen(port, '127.0.0.1', () => resolve(listening));
  });
  return {
    issuer,
    clientId,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
