import { z } from 'zod';

/** In order: each may do what the ones before it may. */
export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** Whether a role may do what another one is needed for. */
export const covers = (role: Role, needed: Role): boolean => Role.options.indexOf(role) >= Role.options.indexOf(needed);

/** By which `approvers` of flows name a user, and their acts are signed. */
export const UserName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w.@+-]+$/, 'letters, digits and . _ @ + - only');

/**
 * `file`: everturn.yaml, or the stack's own token. `token`: added by a command. `login`: signed in at the identity
 * provider.
 */
export const User = z.object({
  name: z.string(),
  role: Role,
  origin: z.enum(['file', 'token', 'login']),
  createdAt: z.iso.datetime().nullable(),
  /** When the token or the login ends by itself. */
  expiresAt: z.iso.datetime().nullable(),
});
export type User = z.infer<typeof User>;

export const UserList = z.object({ users: z.array(User) });
export type UserList = z.infer<typeof UserList>;

export const AddUser = z.strictObject({
  name: UserName,
  role: Role,
  expiresInDays: z
    .number()
    .positive()
    .max(3650)
    .optional()
    .describe('Days until the token ends by itself. Default: never.'),
});
export type AddUser = z.infer<typeof AddUser>;

/** The token is shown once: only its hash is kept. */
export const AddedUser = z.object({ user: User, token: z.string() });
export type AddedUser = z.infer<typeof AddedUser>;

export const ChangeUser = z.strictObject({ role: Role });
export type ChangeUser = z.infer<typeof ChangeUser>;
