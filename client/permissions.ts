import {
  AnsweredSeveral,
  type NewRule,
  PermissionList,
  type SeveralAnswers,
  StoredRule,
} from '../contracts/permissions/api.ts';
import { type Once, once, type Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type PermissionsApi = {
  /** All rules that hold in a session; without one, those of files and all that were added. */
  listPermissions(session?: string, options?: Signal): Promise<PermissionList>;
  addPermission(rule: NewRule, options?: Once): Promise<StoredRule>;
  /** A rule that was added, or a read access. Throws `permission_not_found`. */
  removePermission(id: string, options?: Signal): Promise<void>;
  /** Each is decided separately: one that is refused does not affect the others. */
  answerSeveral(answers: SeveralAnswers['answers'], options?: Signal): Promise<AnsweredSeveral>;
};

export const permissionsApi = ({ read, send }: Transport): PermissionsApi => ({
  listPermissions: (session, { signal } = {}) =>
    read(PermissionList, {
      action: 'list permissions',
      path: '/permissions',
      query: session === undefined ? {} : { session },
      signal,
    }),
  addPermission: (body, { signal, idempotencyKey } = {}) =>
    read(StoredRule, {
      action: 'add the rule',
      method: 'POST',
      path: '/permissions',
      body,
      headers: once(idempotencyKey),
      signal,
    }),
  removePermission: async (id, { signal } = {}) => {
    await send({ action: `remove ${id}`, method: 'DELETE', path: `/permissions/${encodeURIComponent(id)}`, signal });
  },
  answerSeveral: (answers, { signal } = {}) =>
    read(AnsweredSeveral, {
      action: 'answer approvals',
      method: 'POST',
      path: '/approvals',
      body: { answers },
      signal,
    }),
});
