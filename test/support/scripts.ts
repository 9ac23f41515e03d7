import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Rerun, Run } from '../../contracts/runs.ts';
import { scriptsQueue } from '../../contracts/temporal.ts';
import { createFindScript } from '../../definitions/find-script.ts';
import { type NewRun, runQueries } from '../../store/runs.ts';
import type { ScriptInput } from '../../workflows/script/messages.ts';
import { ended } from './runs.ts';
import type { Stack } from './stack.ts';

type Options = {
  args?: unknown;
  budget?: { tokens?: number; dollars?: number };
  concurrency?: number;
  allowEmpty?: boolean;
  allow?: ('write' | 'run')[];
};

/** Writes a script of the project; its meta comes with it. */
export const writeScript = async (stack: Stack, name: string, body: string): Promise<void> => {
  const folder = path.join(stack.workspace, '.everturn', 'workflows');
  await mkdir(folder, { recursive: true });
  const meta = `export const meta = { name: '${name}', description: 'A test' };\n`;
  await writeFile(path.join(folder, `${name}.js`), meta + body);
};

export const startScript = async (stack: Stack, name: string, options: Options = {}): Promise<string> =>
  (await stack.api.startRun({ script: name, ...options })).id;

export type Finished = { id: string; run: Run; output: unknown };

export const finished = async (stack: Stack, id: string): Promise<Finished> => {
  const run = await ended(stack, id);
  return { id, run, output: (await stack.store.runs.output(id))?.output };
};

let count = 0;

/** Starts a script of its own. */
export const startScriptOf = async (stack: Stack, body: string, options: Options = {}): Promise<string> => {
  count += 1;
  const name = `script${count}`;
  await writeScript(stack, name, body);
  return await startScript(stack, name, options);
};

/** Runs a script of its own to its end. */
export const runScript = async (stack: Stack, body: string, options: Options = {}): Promise<Finished> =>
  await finished(stack, await startScriptOf(stack, body, options));

/** Starts a script of its own, without the API, that continues as new after so many events of history. */
export const startWithLimit = async (stack: Stack, historyLimit: number, body: string): Promise<string> => {
  count += 1;
  const name = `script${count}`;
  await writeScript(stack, name, body);
  const { file, definition } = await createFindScript(stack.definitions)(name);
  const id = `r_${randomBytes(12).toString('hex')}`;
  const { origin, source } = file;
  const run: NewRun = {
    id,
    kind: 'script',
    name,
    origin,
    file: file.file,
    source,
    definition,
    input: undefined,
    workspace: stack.workspace,
    allow: [],
    trigger: 'manual',
  };
  // At once, so that nobody else starts it.
  await stack.store.database.transaction(async (within) => {
    const runs = runQueries(within);
    await runs.create(run);
    await runs.acknowledge(id);
  });
  const input: ScriptInput = {
    runId: id,
    name,
    consoleUrl: 'http://127.0.0.1',
    agentsQueue: stack.name,
    historyLimit,
  };
  await new Client({ connection: stack.connection }).workflow.start('script', {
    workflowId: runWorkflowId(id),
    taskQueue: scriptsQueue(stack.name),
    args: [input],
  });
  return id;
};

export const rerunScript = async (stack: Stack, id: string, body: Rerun = {}): Promise<Finished> =>
  await finished(stack, (await stack.api.rerun(id, body)).id);
