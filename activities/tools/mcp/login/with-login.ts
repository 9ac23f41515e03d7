import type { ServerPlace } from '../connection.ts';
import type { Fetch } from '../guarded-fetch.ts';
import { type LoginFile, openLogin } from './login-file.ts';
import { createOAuthProvider } from './provider.ts';

const unused = 'http://127.0.0.1/callback';

export const loginHint = (name: string): string => `sign in with: npx everturn mcp login ${name}`;

const authorized = (init: RequestInit, token: string): RequestInit => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
};

type LoginPlace = Pick<ServerPlace, 'name' | 'config'> & {
  environment: Pick<ServerPlace['environment'], 'value' | 'logins'>;
};

/** Asks for new tokens where the ones that were sent are no longer taken. Throws what a person is to do. */
const renew = async (
  login: LoginFile,
  sent: string,
  { name, config, environment }: LoginPlace,
  fetch: Fetch,
): Promise<string> =>
  await login.alone(async () => {
    const now = login.read();
    // Another process has renewed it.
    if (now?.tokens && now.tokens.access_token !== sent) return now.tokens.access_token;
    const over = new Error(`the login is over; ${loginHint(name)}`);
    const { provider } = createOAuthProvider({
      login,
      oauth: config.oauth,
      clientSecret: config.oauth?.clientSecretFrom && environment.value(config.oauth.clientSecretFrom),
      redirectUrl: now?.redirectUrl ?? unused,
      onRedirect: () => {
        throw over;
      },
    });
    if (typeof now?.tokens?.refresh_token !== 'string') throw over;
    const { auth } = await import('@modelcontextprotocol/sdk/client/auth.js');
    await auth(provider, { serverUrl: config.url ?? '', fetchFn: fetch }).catch((error: unknown) => {
      // It is taken away where the server refuses it; one that cannot be asked says nothing about it.
      if (login.read()?.tokens !== undefined)
        throw new Error('the login cannot be renewed now: its server does not answer as it should; try again later');
      throw error === over ? over : new Error(`${over.message} (${(error as Error).message})`, { cause: error });
    });
    const { access_token } = login.read()?.tokens ?? {};
    if (access_token === undefined) throw over;
    return access_token;
  });

/** `fetch` with the login of this person at the address of a server; without one it is as it was. */
export const withLogin = (fetch: Fetch, place: LoginPlace): Fetch => {
  const login = openLogin(place.config.url ?? '', place.environment.logins);
  return async (address, init = {}) => {
    const token = login.read()?.tokens?.access_token;
    if (token === undefined) return await fetch(address, init);
    const answer = await fetch(address, authorized(init, token));
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    return await fetch(address, authorized(init, await renew(login, token, place, fetch)));
  };
};
