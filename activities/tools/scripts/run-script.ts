import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../../../contracts/errors.ts';
import { Name } from '../../../contracts/flow.ts';
import { scriptLimits } from '../../../contracts/script.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { resolveInside } from '../jail.ts';
import { replaceFile } from '../replace-file.ts';
import { noNul } from '../text.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { largeRun, type ScriptToolDependencies } from './dependencies.ts';

/** By the same call always the same run. */
const runIdOf = (idempotencyKey: string): string =>
  `r_${createHash('sha256').update(`script ${idempotencyKey}`).digest('hex').slice(0, 24)}`;

/** Keeps a script where those of the project lie, and gives its path. */
const save = async (name: string, source: string, context: ToolContext): Promise<string> => {
  const file = await resolveInside(context, path.join('.everturn', 'workflows', `${name}.js`));
  await replaceFile(file, Buffer.from(source), context);
  return file.real;
};

export const createRunScript = ({ store, findScript }: ScriptToolDependencies): Tool =>
  defineTool({
    name: 'run_script',
    description: `Run a script that orchestrates many agents, in the background, and go on at once. Give the name of one that is there, or a new one as JavaScript: \`export const meta = { name, description }\`, then a body with top-level await and return that calls agent(prompt, { schema, label, phase }), parallel(thunks), pipeline(items, ...stages), phase(title), log(text), tool(name, args), artifact(name, content). Its result comes as a message here when it ends. For work that takes one agent, do it yourself; one of more than ${largeRun} agents is large: say so before.`,
    parameters: z.strictObject({
      name: Name.describe('Of a script that is there, or for the new one'),
      script: noNul
        .min(1)
        .max(200_000)
        .optional()
        .describe('The source of a new script; kept as .everturn/workflows/<name>.js'),
      args: z.unknown().optional().describe('What the script finds in args'),
    }),
    effect: 'idempotent',
    permission: 'run',
    doing: ({ name }) => `run the script ${name}`,
    async run({ name, script, args }, context) {
      const { sessionId, idempotencyKey, workspace } = context;
      const parent = await store.calls.starter(sessionId);
      if (!parent) throw failed('its session was deleted');
      if (parent.isWithinRun) throw failed('an agent within a run starts no scripts; the run itself does');
      if (JSON.stringify(args ?? null).length > scriptLimits.argsBytes)
        throw failed('its arguments are too large; put them into a file');
      const found = script === undefined ? name : await save(name, script, context);
      const { file, definition } = await findScript(found).catch((error: unknown) => {
        if (error instanceof EverturnError && !error.retryable) throw failed(error.message, error);
        throw error;
      });
      const id = runIdOf(idempotencyKey);
      await store.runs.create({
        id,
        kind: 'script',
        name: definition.script.meta.name,
        origin: file.origin,
        file: file.file,
        source: file.source,
        definition,
        input: args,
        workspace,
        allow: parent.allow,
        trigger: 'agent',
        parentSession: sessionId,
      });
      store.wakeRun(id);
      return ok(
        `Started ${definition.script.meta.name} as run ${id}. A message here will say how it ended, with its result.`,
      );
    },
  });
