import { createHmac } from 'node:crypto';
import { owner } from '../../contracts/config/access.ts';
import { covers } from '../../contracts/users.ts';
import type { Store } from '../../store/store.ts';
import type { FixedUser } from '../access/identify.ts';
import type { Principal } from '../access/principal.ts';
import type { AccessOptions } from '../plugins/access.ts';
import { isSecret } from '../secrets.ts';

export const cookieName = 'everturn_temporal_ui';
const lifetimeSeconds = 7 * 24 * 3600;

const ofCredential = /^c[0-9a-f]{64}$/;

/**
 * The session of Temporal UI: a cookie that an admin gets. It opens Temporal UI and nothing else, and ends after a week,
 * or as soon as its admin's token or login is revoked or has a lower role. No state: every API process makes and knows the
 * same ones.
 */
export const createUiSessions = (
  { token, users = [] }: Pick<AccessOptions, 'token' | 'users'>,
  credentials: Pick<Store['users'], 'rolesOf'>,
  consoleUrl: string,
) => {
  const fixed: readonly FixedUser[] = [{ name: owner, role: 'admin', token }, ...users];
  const isSecure = new URL(consoleUrl).protocol === 'https:';
  const subjectOf = ({ name, hash }: Pick<Principal, 'name' | 'hash'>): string =>
    hash === null ? `u${Buffer.from(name).toString('hex')}` : `c${hash}`;
  const fixedOf = (subject: string): FixedUser | undefined =>
    fixed.find((user) => subjectOf({ ...user, hash: null }) === subject);

  /** Null for a user that everturn.yaml no longer names. */
  const sign = (subject: string, expires: string): string | null => {
    const key = ofCredential.test(subject) ? token : fixedOf(subject)?.token;
    return key === undefined
      ? null
      : createHmac('sha256', key).update(`temporal-ui ${subject} ${expires}`).digest('hex');
  };

  const isAdmin = async (subject: string): Promise<boolean> => {
    const hash = subject.slice(1);
    const role = ofCredential.test(subject) ? (await credentials.rolesOf([hash])).get(hash) : fixedOf(subject)?.role;
    return role !== undefined && covers(role, 'admin');
  };

  const subjectIn = (value: string): string | null => {
    const [subject = '', expires = '', signature = ''] = value.split('.');
    const isOurs = isSecret(signature, sign(subject, expires)) && Number(expires) > Date.now() / 1000;
    return isOurs ? subject : null;
  };

  return {
    /** For `Set-Cookie`. Cookies know no ports: one that the console's port sets is sent to that of Temporal UI too. */
    cookie(principal: Pick<Principal, 'name' | 'hash'> = { name: owner, hash: null }): string {
      const subject = subjectOf(principal);
      const expires = String(Math.floor(Date.now() / 1000) + lifetimeSeconds);
      const value = `${subject}.${expires}.${sign(subject, expires)}`;
      return `${cookieName}=${value}; Path=/; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
    },
    /** Whether a `Cookie` header holds a session that has not ended. */
    async isOpen(header: string | undefined): Promise<boolean> {
      const subjects = (header ?? '')
        .split(';')
        .map((pair) => pair.trim().split('='))
        .flatMap(([name, value]) => (name === cookieName && value !== undefined ? (subjectIn(value) ?? []) : []));
      for (const subject of subjects) if (await isAdmin(subject)) return true;
      return false;
    },
    isToken: (given: string): boolean => isSecret(given, token),
  };
};

export type UiSessions = ReturnType<typeof createUiSessions>;
