import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EverturnError } from '../../../contracts/errors.ts';
import type { DescribedTool } from '../../../contracts/tool-sources.ts';
import { readBounded } from '../../../files/read-bounded.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { headAndTail } from '../mcp/result.ts';
import type { Tool } from '../tool.ts';
import { askHost } from './ask-host.ts';

const maxBytes = 1024 * 1024;

/** `hash`: of the text that was checked, and trusted where that was needed. */
type OwnFile = { file: string; hash: string; seconds: number };

const hashOf = (file: string): string =>
  createHash('sha256')
    .update(new TextDecoder().decode(readBounded(file, { most: maxBytes })))
    .digest('hex');

/** A tool in TypeScript, as every other tool. */
export const createOwnTool = (
  { name, description, schema, permission, effect }: DescribedTool,
  { file, hash, seconds }: OwnFile,
): Tool => ({
  ...defineTool({
    name,
    description,
    parameters: z.looseObject({}),
    permission,
    effect,
    doing: () => `run ${name}`,
    async run(args, { workspace, env, confinement, signal, idempotencyKey, onOutput }) {
      if (hashOf(file) !== hash)
        throw failed('its file has changed since it was checked; call it again when the new one has been');
      const answer = await askHost({
        request: { action: 'run', file, args, workspace, key: idempotencyKey },
        cwd: workspace,
        env,
        confinement,
        seconds,
        signal,
        onOutput,
      });
      if (answer.outcome === 'arguments')
        throw new EverturnError('tool_arguments', `Cannot call ${name}: ${answer.fault}`);
      if (answer.outcome === 'done') return ok(answer.text === '' ? '[No result]' : headAndTail(answer.text));
      throw failed(answer.outcome === 'failed' ? answer.fault : 'it answered what it was not asked');
    },
  }),
  schema,
  source: `file:${file}`,
});
