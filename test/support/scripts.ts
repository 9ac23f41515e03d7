import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Rerun, Run } from '../../contracts/runs.ts';
import { ended } from './runs.ts';
import type { Stack } from './stack.ts';

type Options = {
  args?: unknown;
  budget?: { tokens?: number; dollars?: number };
  concurrency?: number;
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

export const rerunScript = async (stack: Stack, id: string, body: Rerun = {}): Promise<Finished> =>
  await finished(stack, (await stack.api.rerun(id, body)).id);
