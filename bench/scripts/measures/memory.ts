import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from '../../parts.ts';
import { memoryOf } from '../../processes.ts';
import type { Section } from '../../report.ts';
import type { Field } from '../field.ts';
import { runScript, startScript } from '../our-run.ts';

const count = 20;
const mega = 1024 * 1024;

/** Until its agent has been given to the model, which does not answer. */
const isWaiting = async ({ stack }: Field, id: string): Promise<boolean> => {
  const { nodes } = await stack.api.getRun(id);
  return Object.values(nodes).some(({ status, sessionId }) => status === 'running' && sessionId !== null);
};

/** 20 scripts that are kept in memory, each with an agent that waits for its model. */
export const measureMemory = async (field: Field, { progress }: BenchOptions): Promise<Section[]> => {
  const { stack } = field;
  const resident = (): number => memoryOf(stack.processes()['scripts-1'] ?? 0).rss / mega;
  await runScript(field, 'fan-out', 1);
  const before = resident();
  progress(`${count} live scripts`);
  const ids: string[] = [];
  for (let place = 0; place < count; place += 1) ids.push(await startScript(field, 'waiting', { id: place }));
  for (const id of ids) while (!(await isWaiting(field, id))) await delay(100);
  // What the last task left behind.
  await delay(2000);
  const after = resident();
  for (const id of ids) await stack.api.cancelRun(id);
  return [
    {
      title: `Memory of the scripts' worker, ${count} scripts live`,
      figures: [
        { label: 'resident before', value: before, unit: 'MB' },
        { label: 'resident with them', value: after, unit: 'MB' },
        { label: 'per script', value: (after - before) / count, unit: 'MB', target: 32 },
      ],
    },
  ];
};
