import { createHmac } from 'node:crypto';
import { isSecret } from '../secrets.ts';

export const cookieName = 'everturn_temporal_ui';
const lifetimeSeconds = 7 * 24 * 3600;

/**
 * The session of Temporal UI: a cookie that a user gets for the token. It opens Temporal UI and nothing else, and ends
 * after a week or with the token. No state: every API process makes and knows the same ones.
 */
export const createUiSessions = (token: string) => {
  const sign = (expires: string): string => createHmac('sha256', token).update(`temporal-ui ${expires}`).digest('hex');
  return {
    /** For `Set-Cookie`. Cookies know no ports: one that the console's port sets is sent to that of Temporal UI too. */
    cookie(): string {
      const expires = String(Math.floor(Date.now() / 1000) + lifetimeSeconds);
      return `${cookieName}=${expires}.${sign(expires)}; Path=/; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Strict`;
    },
    /** Whether a `Cookie` header holds a session that has not ended. */
    isOpen(header: string | undefined): boolean {
      const values = (header ?? '')
        .split(';')
        .map((pair) => pair.trim().split('='))
        .flatMap(([name, value]) => (name === cookieName && value !== undefined ? [value] : []));
      return values.some((value) => {
        const [expires = '', signature = ''] = value.split('.');
        return isSecret(signature, sign(expires)) && Number(expires) > Date.now() / 1000;
      });
    },
    isToken: (given: string): boolean => isSecret(given, token),
  };
};

export type UiSessions = ReturnType<typeof createUiSessions>;
