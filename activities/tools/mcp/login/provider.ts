import { randomBytes } from 'node:crypto';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { McpServer } from '../../../../contracts/mcp.ts';
import type { LoginFile } from './login-file.ts';

type Options = {
  login: LoginFile;
  oauth: McpServer['oauth'];
  clientSecret: string | undefined;
  redirectUrl: string;
  /** Shows a person where to sign in. What it throws ends the attempt. */
  onRedirect(url: URL): void;
};

/** The SDK's view of a login: what it learns is kept in the person's file. */
export const createOAuthProvider = ({ login, oauth, clientSecret, redirectUrl, onRedirect }: Options) => {
  const state = randomBytes(16).toString('base64url');
  let verifier = '';
  const own = oauth?.clientId;
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: {
      client_name: 'Everturn',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_basic',
      ...(oauth?.scopes ? { scope: oauth.scopes.join(' ') } : {}),
    },
    state: () => state,
    clientInformation: () =>
      own === undefined
        ? (login.read()?.client as ReturnType<OAuthClientProvider['clientInformation']>)
        : { client_id: own, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) },
    saveClientInformation: (client) => {
      if (own === undefined) login.change({ client, redirectUrl });
    },
    tokens: () => login.read()?.tokens as ReturnType<OAuthClientProvider['tokens']>,
    saveTokens: (tokens) => {
      // A refresh that gives no new refresh token leaves the old one in force.
      const { refresh_token } = login.read()?.tokens ?? { refresh_token: undefined };
      login.change({ tokens: { ...(refresh_token === undefined ? {} : { refresh_token }), ...tokens } });
    },
    redirectToAuthorization: onRedirect,
    saveCodeVerifier: (given) => {
      verifier = given;
    },
    codeVerifier: () => verifier,
    invalidateCredentials: (scope) => {
      if (scope === 'all' || scope === 'tokens') login.change({ tokens: undefined });
      if (scope === 'all' || scope === 'client') login.change({ client: undefined });
      if (scope === 'all' || scope === 'discovery') login.change({ discovery: undefined });
    },
    saveDiscoveryState: (discovery) => login.change({ discovery: { ...discovery } }),
    discoveryState: () => login.read()?.discovery as ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>,
  };
  return { provider, state };
};
