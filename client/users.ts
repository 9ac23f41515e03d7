import { AuditPage } from '../contracts/audit.ts';
import { AddedUser, type AddUser, type ChangeUser, User, UserList } from '../contracts/users.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

/** For admins only. */
export type UsersApi = {
  listUsers(options?: Signal): Promise<UserList>;
  /** Its token is in the answer and nowhere else. Throws `user_exists`. */
  addUser(user: AddUser, options?: Signal): Promise<AddedUser>;
  /** Ends the streams of a user whose role becomes lower. Throws `user_not_found`, `user_fixed`. */
  changeUser(name: string, change: ChangeUser, options?: Signal): Promise<User>;
  /** Revokes the tokens and logins of a user and ends their streams. Throws as {@link changeUser}. */
  removeUser(name: string, options?: Signal): Promise<void>;
  /** The newest first. */
  listAudit(
    query?: {
      cursor?: string;
      user?: string | undefined;
      action?: string | undefined;
      target?: string | undefined;
      limit?: number;
    },
    options?: Signal,
  ): Promise<AuditPage>;
};

export const usersApi = ({ read, send }: Transport): UsersApi => {
  const user = (name: string): string => `/users/${encodeURIComponent(name)}`;
  return {
    listUsers: ({ signal } = {}) => read(UserList, { action: 'list users', path: '/users', signal }),
    addUser: (body, { signal } = {}) =>
      read(AddedUser, { action: `add user ${body.name}`, method: 'POST', path: '/users', body, signal }),
    changeUser: (name, body, { signal } = {}) =>
      read(User, { action: `change user ${name}`, method: 'PATCH', path: user(name), body, signal }),
    removeUser: async (name, { signal } = {}) => {
      await send({ action: `remove user ${name}`, method: 'DELETE', path: user(name), signal });
    },
    listAudit: (query, { signal } = {}) =>
      read(AuditPage, { action: 'read the audit log', path: '/audit', query, signal }),
  };
};
