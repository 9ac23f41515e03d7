import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../../contracts/runs.ts';
import { now } from '../clock.ts';
import type { Field } from './field.ts';
import type { ScriptName } from './scripts.ts';

type Started = { concurrency?: number };

export const startScript = async (
  { stack }: Field,
  script: ScriptName,
  args: Record<string, unknown>,
  options: Started = {},
): Promise<string> => (await stack.api.startRun({ script, args, workspace: stack.workspace, ...options })).id;

/** Looks seldom, so that looking costs nothing. */
export const endOf = async ({ stack }: Field, id: string): Promise<Run> => {
  for (;;) {
    const { runs } = await stack.api.listRuns({ limit: 50 });
    const run = runs.find((one) => one.id === id);
    if (run && run.status !== 'running') {
      if (run.status !== 'completed')
        throw new Error(`The run ${id} of ${run.name} ended as ${run.status}: ${run.reason}`);
      return run;
    }
    await delay(50);
  }
};

/** Runs a script of `count` agents to its end; milliseconds from the request. */
export const runScript = async (
  field: Field,
  script: ScriptName,
  count: number,
  options: Started = {},
): Promise<{ run: Run; ms: number }> => {
  const startedAt = now();
  const run = await endOf(field, await startScript(field, script, { count }, options));
  const ms = now() - startedAt;
  const { output } = await field.stack.api.getRunOutput(run.id);
  if (output !== count) throw new Error(`Of ${count} agents ${JSON.stringify(output)} answered`);
  return { run, ms };
};
