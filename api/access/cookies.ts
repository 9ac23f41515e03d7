import type { CookieSerializeOptions } from '@fastify/cookie';

/**
 * Cookies of one API. Over https their names begin with `__Host-`: browsers take such a cookie from this very host only,
 * never from a neighbour's domain.
 */
export const cookiesOf = (consoleUrl: string) => {
  const secure = new URL(consoleUrl).protocol === 'https:';
  const prefix = secure ? '__Host-' : '';
  const common = { path: '/', httpOnly: true, secure } satisfies CookieSerializeOptions;
  return {
    login: {
      name: `${prefix}everturn-login`,
      options: { ...common, sameSite: 'strict' } satisfies CookieSerializeOptions,
    },
    /** Of a user on the way to the identity provider and back: coming back is a request from another site. */
    attempt: {
      name: `${prefix}everturn-login-attempt`,
      options: { ...common, sameSite: 'lax', maxAge: 600 } satisfies CookieSerializeOptions,
    },
  };
};

export type Cookies = ReturnType<typeof cookiesOf>;
