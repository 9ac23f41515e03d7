import * as client from 'openid-client';
import type { OidcConfig } from '../../contracts/config/access.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { loopbackHosts } from '../../contracts/loopback.ts';
import { Role, UserName } from '../../contracts/users.ts';

export type OidcOptions = {
  config: OidcConfig;
  /** Null: a public client. */
  secret: string | null;
  /** Under which people reach the API. */
  consoleUrl: string;
};

/** What a browser keeps while the user is at the provider. */
export type Attempt = { state: string; nonce: string; verifier: string };

export const callbackPath = '/api/login/callback';

const failed = (why: string, cause?: unknown): EverturnError =>
  new EverturnError('login_failed', `Cannot sign in: ${why}`, { cause });

/** The highest role that the values of the claim give. Throws `login_failed` if they give none. */
export const roleOfClaim = (claim: unknown, { roleClaim, roles }: Pick<OidcConfig, 'roleClaim' | 'roles'>): Role => {
  const values = [claim].flat().filter((value) => typeof value === 'string');
  const found = values.flatMap((value) => (Object.hasOwn(roles, value) ? [roles[value]] : []));
  const highest = Role.options.findLast((role) => found.includes(role));
  if (highest) return highest;
  throw failed(`the claim ${roleClaim} holds none of ${Object.keys(roles).join(', ')}. Ask for one of these groups`);
};

const nameOfClaim = (claims: Record<string, unknown>, nameClaim: string): string => {
  if (nameClaim === 'email' && claims.email_verified === false)
    throw failed('the provider has not verified the address');
  const name = UserName.safeParse(claims[nameClaim]);
  if (name.success) return name.data;
  throw failed(`the claim ${nameClaim} is missing, or not a name of letters, digits and . _ @ + -`);
};

/** The authorization code flow with PKCE, with a state and a nonce for each attempt. */
export const createOidc = ({ config, secret, consoleUrl }: OidcOptions) => {
  const issuer = new URL(config.issuer);
  const redirectUri = new URL(callbackPath, consoleUrl).href;
  // Only a provider on this machine, as in development, may speak plain HTTP.
  const execute =
    issuer.protocol === 'http:' && loopbackHosts.includes(issuer.hostname) ? [client.allowInsecureRequests] : [];
  let discovered: Promise<client.Configuration> | undefined;

  const discover = async (): Promise<client.Configuration> => {
    const auth = secret === null ? client.None() : client.ClientSecretPost(secret);
    discovered ??= client.discovery(issuer, config.clientId, undefined, auth, { execute, timeout: 10 });
    try {
      return await discovered;
    } catch (cause) {
      discovered = undefined;
      throw new EverturnError(
        'login_unavailable',
        `Cannot sign in: the identity provider ${config.issuer} does not answer as one. Try again, or see oidc.issuer in everturn.yaml`,
        { cause },
      );
    }
  };

  return {
    /** Where to send the browser, and what it has to keep. Throws `login_unavailable`. */
    async begin(): Promise<{ url: string; attempt: Attempt }> {
      const provider = await discover();
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: config.scope,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },

    /** Who came back. `query` is that of the callback. Throws `login_failed`, `login_unavailable`. */
    async finish(query: string, { state, nonce, verifier }: Attempt): Promise<{ name: string; role: Role }> {
      const provider = await discover();
      const claims = await client
        .authorizationCodeGrant(provider, new URL(`${redirectUri}${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .then(async (tokens) => {
          const proved = tokens.claims();
          if (!proved) throw new Error('no ID token');
          // Some providers give groups only here.
          const more = provider.serverMetadata().userinfo_endpoint
            ? await client.fetchUserInfo(provider, tokens.access_token, proved.sub)
            : {};
          return { ...more, ...proved } as Record<string, unknown>;
        })
        .catch((cause: unknown) => {
          throw failed(`the identity provider refused it, or it was not begun in this browser. Begin again`, cause);
        });
      return { name: nameOfClaim(claims, config.nameClaim), role: roleOfClaim(claims[config.roleClaim], config) };
    },
  };
};

export type Oidc = ReturnType<typeof createOidc>;
