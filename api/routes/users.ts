import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { AddedUser, AddUser, ChangeUser, User, UserList } from '../../contracts/users.ts';
import { admin, administers } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';
import { newSecret, secretHash } from '../secrets.ts';

const UserParams = z.object({ name: z.string().min(1).max(100) });
const day = 86_400;

export const userRoutes = (app: Api, { store, fixedUsers }: RouteContext): void => {
  const listed = async (): Promise<User[]> => [
    ...fixedUsers.map(({ name, role }) => ({ name, role, origin: 'file' as const, createdAt: null, expiresAt: null })),
    ...(await store.users.list()),
  ];

  /** Throws `user_fixed`, `user_not_found`. */
  const find = async (action: string, name: string): Promise<User> => {
    const user = (await listed()).find((other) => other.name === name);
    if (!user) throw notFound(action, name);
    if (user.origin !== 'file') return user;
    throw new EverturnError(
      'user_fixed',
      `Cannot ${action} ${name}: it is the owner, or is defined in everturn.yaml. Change that file and restart the API`,
    );
  };
  const notFound = (action: string, name: string): EverturnError =>
    new EverturnError(
      'user_not_found',
      `Cannot ${action} ${name}: there is no such user. List users with "npx everturn users" (GET /api/users)`,
    );

  app.get('/api/users', { config: admin, schema: { response: { 200: UserList } } }, async () => ({
    users: await listed(),
  }));

  app.post(
    '/api/users',
    { config: administers('user.add'), schema: { body: AddUser, response: { 201: AddedUser } } },
    async (request, reply) => {
      const { name, role, expiresInDays } = request.body;
      const token = newSecret();
      const taken = new EverturnError(
        'user_exists',
        `Cannot add ${name}: there is a user of this name. Remove it first`,
      );
      if (fixedUsers.some((user) => user.name === name)) throw taken;
      const expiresInSeconds = expiresInDays === undefined ? null : expiresInDays * day;
      const isAdded = await store.act(
        actOf(request, name, { detail: { role, expiresInDays: expiresInDays ?? null } }),
        async ({ users }) => {
          // Otherwise the token would belong to the user who signs in under this name.
          if ((await users.kindsOf(name)).includes('login')) return false;
          return await users.add({ hash: secretHash(token), kind: 'token', name, role, expiresInSeconds });
        },
        (added) => added,
      );
      if (!isAdded) throw taken;
      return reply.code(201).send({ user: await find('add', name), token });
    },
  );

  app.patch(
    '/api/users/:name',
    { config: administers('user.change'), schema: { params: UserParams, body: ChangeUser, response: { 200: User } } },
    async (request) => {
      const { name } = request.params;
      const { role } = request.body;
      const { role: before } = await find('change', name);
      const isChanged = await store.act(
        actOf(request, name, { detail: { before, role } }),
        ({ users }) => users.change(name, role),
        (changed) => changed,
      );
      if (!isChanged) throw notFound('change', name);
      store.wakeUsers();
      return await find('change', name);
    },
  );

  app.delete(
    '/api/users/:name',
    { config: administers('user.remove'), schema: { params: UserParams, response: { 204: z.null() } } },
    async (request, reply) => {
      const { name } = request.params;
      await find('remove', name);
      const isRemoved = await store.act(
        actOf(request, name),
        ({ users }) => users.remove(name),
        (removed) => removed,
      );
      if (!isRemoved) throw notFound('remove', name);
      store.wakeUsers();
      return reply.code(204).send(null);
    },
  );
};
