import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isClosed } from '../../../files/closed.ts';
import { isMadeUp } from '../../../files/regular.ts';
import type { Store } from '../../../store/store.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { leadsTo } from '../jail.ts';
import { noNul, quote } from '../text.ts';
import type { Tool, ToolContext } from '../tool.ts';

const rootOf = async (given: string, { workspace, dataFolders, pathRefusal }: ToolContext): Promise<string> => {
  const real = await leadsTo(workspace, given);
  if (real === null || !existsSync(real)) throw failed('there is no such file or folder');
  if (real === path.parse(real).root) throw failed('it is the whole file system; ask for the folder that you need');
  if (isMadeUp(real)) throw failed('it is in a file system of the kernel, such as /proc');
  if (isClosed(real, dataFolders)) throw failed("it holds the stack's own data");
  const refusal = pathRefusal?.(real) ?? null;
  if (refusal !== null) throw failed(refusal);
  return real;
};

/** Opens a folder or a file outside the workspace for reading, once a person has allowed it. */
export const createRequestReadAccess = ({ permissions }: Pick<Store, 'permissions'>): Tool => ({
  ...defineTool({
    name: 'request_read_access',
    description:
      'Ask the user to open a folder or a file outside the workspace for reading, in this session. Once it is open, read_file, list_files and search_files take its absolute path.',
    parameters: z.strictObject({
      path: noNul.min(1).max(4000).describe('Absolute, or relative to the workspace; as narrow as will do'),
      reason: noNul.min(1).max(1000).describe('Why it is needed, for the user'),
    }),
    effect: 'idempotent',
    permission: 'read',
    doing: ({ path: given }) => `open ${quote(given)} for reading`,
    async run({ path: given }, context) {
      const root = await rootOf(given, context);
      const { sessionId, answer, idempotencyKey, readRoots = [] } = context;
      if (!readRoots.includes(root)) {
        const id = `root_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16)}`;
        await permissions.grant({ id, sessionId, path: root, grantedBy: answer?.by ?? 'rule' });
      }
      const below = (await stat(root)).isDirectory() ? ' with all below it' : '';
      return ok(`${root} is open for reading${below}.`);
    },
  }),
  isAsking: true,
});
