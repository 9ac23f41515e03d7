import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../../../contracts/errors.ts';
import { Name } from '../../../contracts/flow.ts';
import { largeRun, scriptId, scriptLimits } from '../../../contracts/script.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { resolveInside } from '../jail.ts';
import { replaceFile } from '../replace-file.ts';
import { noNul } from '../text.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { aboutRun } from './about-run.ts';
import type { ScriptToolDependencies } from './dependencies.ts';

/** By the same call always the same run. */
const runIdOf = (idempotencyKey: string): string =>
  `r_${createHash('sha256').update(`script ${idempotencyKey}`).digest('hex').slice(0, 24)}`;

/** Keeps a script where those of the project lie, and gives its path. */
const save = async (name: string, source: string, context: ToolContext): Promise<string> => {
  const file = await resolveInside(context, path.join('.everturn', 'workflows', `${name}.js`));
  await replaceFile(file, Buffer.from(source), context);
  return file.real;
};

const description = `Run a script that orchestrates many agents, in the background, and continue at once. Its result comes as a message here when it ends. Give the name of one that exists, or the source of a new one. For work that one agent can do, do it yourself. One of more than ${largeRun} agents is large: say so before.

A script is plain JavaScript without import, clock or randomness; await and return stand at its top:

export const meta = { name: 'find-bugs', description: 'Looks for bugs in files' }
const schema = { type: 'object', required: ['bugs'], properties: { bugs: { type: 'array', items: { type: 'string' } } } }
const found = await parallel(args.files.map((file) => () =>
  agent(\`List the bugs of \${file}, each with its line\`, { label: file, agentType: 'Explore', schema })))
return found.filter(Boolean).flatMap(({ bugs }) => bugs)

- agent(prompt, { label, schema, agentType, model, tools, timeout, retries, isolation: 'worktree' }) gives the last words of an agent, with schema the object that satisfies it, and null when it failed. It knows nothing but its prompt: put all it needs into it.
- parallel(functions) runs functions side by side, never promises: () => agent(…). pipeline(items, ...stages) takes each item through the stages (prev, item, index) without waiting for the others.
- phase(title) and log(text) are shown; budget.remaining() is what is left; workflow(name, args) runs another script; tool(name, args) calls a tool; artifact(name, content) keeps a file; approve(question) asks a person.
- Give loops a cap of rounds. Return JSON.`;

export const createRunScript = ({ store, findScript, runDefaults, estimate, assumed }: ScriptToolDependencies): Tool =>
  defineTool({
    name: 'run_script',
    description,
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
    async about({ name, script, args }) {
      const source = script ?? (await findScript(name)).file.source;
      const measured = await store.results.typical();
      return aboutRun(estimate(source, { value: args }), measured ?? { ...assumed, of: 0 }, runDefaults);
    },
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
        name: scriptId(definition.script.meta.name),
        origin: file.origin,
        file: file.file,
        source: file.source,
        definition,
        input: args,
        workspace,
        allow: parent.allow,
        trigger: 'agent',
        parentSession: sessionId,
        ...runDefaults,
      });
      store.wakeRun(id);
      store.wakeQueue();
      return ok(
        `Started ${definition.script.meta.name} as run ${id}. A message here will say how it ended, with its result.`,
      );
    },
  });
