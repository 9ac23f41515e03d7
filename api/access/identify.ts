import type { FastifyRequest } from 'fastify';
import { EverturnError } from '../../contracts/errors.ts';
import type { Role } from '../../contracts/users.ts';
import type { Store } from '../../store/store.ts';
import { isSecret, secretHash } from '../secrets.ts';
import type { Principal } from './principal.ts';

/** A user whose token is known from the start of the process. */
export type FixedUser = { name: string; role: Role; token: string };

/** A page of another site cannot send it, which distinguishes the console from a form. */
export const clientHeader = 'x-everturn-client';

type IdentifyOptions = {
  fixed: readonly FixedUser[];
  users: Pick<Store['users'], 'find'>;
  cookieName: string;
  /** Where users sign in; null if login is not configured. */
  loginPath: string | null;
};

/** Says who sent a request, by its bearer token or else by its cookie. Throws `unauthorized`. */
export const createIdentify = ({ fixed, users, cookieName, loginPath }: IdentifyOptions) => {
  const refused = (why: string): EverturnError =>
    new EverturnError('unauthorized', `Cannot serve the request: ${why}`, {
      details: loginPath === null ? {} : { login: loginPath },
    });

  const byToken = async (authorization: string): Promise<Principal> => {
    const [scheme, given = ''] = authorization.split(' ', 2);
    if (scheme?.toLowerCase() !== 'bearer' || given === '') {
      throw refused('send "Authorization: Bearer TOKEN" with the token in .everturn/token');
    }
    // Every one is compared, so that the time tells nothing.
    const [known] = fixed.filter((user) => isSecret(given, user.token));
    if (known) return { name: known.name, role: known.role, hash: null };
    // Only the hash is looked up: how far it agrees with another one says nothing about the token.
    const hash = secretHash(given);
    const found = await users.find(hash, 'token');
    if (found) return { ...found, hash };
    throw refused('the token is wrong, revoked or expired. Use the one in .everturn/token, or ask for a new one');
  };

  const byCookie = async (secret: string, request: FastifyRequest): Promise<Principal> => {
    if (request.headers[clientHeader] === undefined) {
      throw refused(`with a cookie, a request needs the header ${clientHeader}, which the console sends`);
    }
    const hash = secretHash(secret);
    const found = await users.find(hash, 'login');
    if (found) return { ...found, hash };
    throw refused('the login is over or revoked. Sign in again');
  };

  return async (request: FastifyRequest): Promise<Principal> => {
    const { authorization } = request.headers;
    if (authorization !== undefined) return await byToken(authorization);
    const cookie = request.cookies[cookieName];
    if (cookie !== undefined) return await byCookie(cookie, request);
    throw refused('send "Authorization: Bearer TOKEN" with the token in .everturn/token');
  };
};
