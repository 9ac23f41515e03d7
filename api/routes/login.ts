import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { type Guard, open } from '../access/guard.ts';
import { type Attempt, callbackPath } from '../access/oidc.ts';
import { actOf, principalOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';
import { newSecret, secretHash } from '../secrets.ts';

export const loginPath = '/api/login';

const Kept = z.object({ state: z.string().min(1), nonce: z.string().min(1), verifier: z.string().min(1) });

const seal = (attempt: Attempt): string => Buffer.from(JSON.stringify(attempt)).toString('base64url');

/** Null for what we have not written. */
const unseal = (cookie: string | undefined): Attempt | null => {
  try {
    const kept = Kept.safeParse(JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString()));
    return kept.success ? kept.data : null;
  } catch {
    return null;
  }
};

/** People sign in at the identity provider of their team, and get a cookie. */
export const loginRoutes = (app: Api, { store, fixedUsers, login, cookies }: RouteContext): void => {
  const switchedOn = () => {
    if (login) return login;
    throw new EverturnError(
      'login_off',
      'Cannot sign in: no identity provider is in use. Set EVERTURN_OIDC=true and the section oidc of everturn.yaml',
    );
  };

  app.get(loginPath, { config: open, schema: { response: { 302: z.null() } } }, async (_request, reply) => {
    const { url, attempt } = await switchedOn().oidc.begin();
    return reply.setCookie(cookies.attempt.name, seal(attempt), cookies.attempt.options).redirect(url);
  });

  app.get(
    callbackPath,
    { config: { needs: 'open', audit: 'user.login' } satisfies Guard, schema: { response: { 302: z.null() } } },
    async (request, reply) => {
      const { oidc, hours } = switchedOn();
      const attempt = unseal(request.cookies[cookies.attempt.name]);
      reply.clearCookie(cookies.attempt.name, cookies.attempt.options);
      if (!attempt) {
        throw new EverturnError('login_failed', 'Cannot sign in: it was not begun in this browser. Open /api/login');
      }
      const { search } = new URL(request.url, 'http://localhost');
      const { name, role } = await oidc.finish(search, attempt);
      const secret = newSecret();
      const credential = {
        hash: secretHash(secret),
        kind: 'login' as const,
        name,
        role,
        expiresInSeconds: hours * 3600,
      };
      const isFixed = fixedUsers.some((user) => user.name === name);
      const isIn = await store.act(
        { user: name, role, action: 'user.login', target: name },
        async ({ users }) => {
          // The one must not answer for the other.
          if (isFixed || (await users.kindsOf(name)).includes('token')) return false;
          return await users.add(credential);
        },
        (added) => added,
      );
      if (!isIn) {
        throw new EverturnError(
          'user_exists',
          `Cannot sign in as ${name}: a user of this name has a token. Remove that user, or let another claim name those who sign in`,
        );
      }
      return reply
        .setCookie(cookies.login.name, secret, { ...cookies.login.options, maxAge: hours * 3600 })
        .redirect('/');
    },
  );

  app.post(
    '/api/logout',
    {
      config: { needs: 'viewer', audit: 'user.logout' } satisfies Guard,
      schema: { response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { name, hash } = principalOf(request);
      const cookie = request.cookies[cookies.login.name];
      // Of a token it would be an end for all who use it: an admin removes the user.
      if (hash !== null && cookie !== undefined && secretHash(cookie) === hash) {
        await store.act(actOf(request, name), ({ users }) => users.revoke(hash));
        store.wakeUsers();
      }
      return reply.clearCookie(cookies.login.name, cookies.login.options).code(204).send(null);
    },
  );
};
