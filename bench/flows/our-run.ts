import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../../contracts/runs.ts';
import { now } from '../clock.ts';
import type { Field } from './field.ts';

/** Runs a flow to its end; milliseconds from the request. Looks seldom, so that looking costs nothing. */
export const runFlow = async (
  { stack }: Field,
  flow: string,
  input: Record<string, unknown>,
): Promise<{ run: Run; ms: number }> => {
  const startedAt = now();
  const { id } = await stack.api.startRun({ flow, input });
  for (;;) {
    const { runs } = await stack.api.listRuns({ limit: 1 });
    const run = runs.find((one) => one.id === id);
    if (run && run.status !== 'running') {
      if (run.status !== 'completed') throw new Error(`The run of ${flow} ended as ${run.status}: ${run.reason}`);
      return { run, ms: now() - startedAt };
    }
    await delay(50);
  }
};
