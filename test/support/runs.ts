import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Run } from '../../contracts/runs.ts';
import { createFindFlow } from '../../definitions/find-flow.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

/** Writes a definition into the stack's workspace. */
export const define = async (stack: Stack, kind: 'flows' | 'agents', name: string, text: string): Promise<void> => {
  const folder = path.join(stack.workspace, '.everturn', kind);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.${kind === 'flows' ? 'yaml' : 'md'}`), text);
};

/** A hundred agents take their time on two cores that others use too. */
const patienceMs = 240_000;

type Options = {
  input?: unknown;
  rerunOf?: string;
  fromStep?: string;
  historyLimit?: number;
  turnHistoryLimit?: number;
  allow?: ('write' | 'run')[];
};

/** Starts a flow of the workspace, without the API. */
export const startRun = async (stack: Stack, name: string, options: Options = {}): Promise<string> => {
  const { file, definition } = await createFindFlow(stack.definitions)(name);
  const id = `r_${randomBytes(12).toString('hex')}`;
  const { input = {}, rerunOf, fromStep, historyLimit, turnHistoryLimit, allow = [] } = options;
  await stack.store.runs.create({
    id,
    kind: 'flow',
    name,
    origin: file.origin,
    file: file.file,
    source: file.source,
    definition,
    input,
    workspace: stack.workspace,
    allow,
    trigger: 'manual',
    ...(rerunOf === undefined ? {} : { rerunOf }),
    ...(fromStep === undefined ? {} : { fromStep }),
  });
  await new Client({ connection: stack.connection }).workflow.start('flow', {
    workflowId: runWorkflowId(id),
    taskQueue: stack.name,
    args: [{ runId: id, name, consoleUrl: 'http://127.0.0.1', historyLimit, turnHistoryLimit }],
  });
  return id;
};

export const ended = async (stack: Stack, runId: string): Promise<Run> =>
  await until(
    `the end of run ${runId}`,
    async () => {
      const run = await stack.store.runs.find(runId);
      return run?.status !== 'running' && run;
    },
    patienceMs,
  );

/** The states of its steps, by id. */
export const statuses = async (stack: Stack, runId: string): Promise<Record<string, string>> => {
  const { nodes } = await stack.store.runView.state(runId);
  return Object.fromEntries(Object.values(nodes).map(({ step, status }) => [step, status]));
};

export const output = async (stack: Stack, runId: string): Promise<unknown> =>
  (await stack.store.runs.output(runId))?.output;
