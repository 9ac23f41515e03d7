import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { planText } from '../model/plan.ts';
import { prompt } from './prompt.ts';

const text = (value: string): string => JSON.stringify(`${value}\n`);

const fanOut = (ask: string): string =>
  `return (await parallel(Array.from({ length: args.count }, (_, n) => () => agent(${text(ask)} + n)))).filter(Boolean).length`;

const sources = {
  /** So many agents that answer at once. */
  'fan-out': fanOut(prompt()),
  /** So many agents that take seconds. */
  slow: fanOut(planText({ calls: 0, pieces: 4, every: 1000 })),
  /** One agent that never answers. */
  waiting: `return await agent(${text(planText({ calls: 0, pieces: 2, hold: 1 }))} + args.id)`,
} as const;

export type ScriptName = keyof typeof sources;

export const writeScripts = async (project: string): Promise<void> => {
  const folder = path.join(project, '.everturn', 'workflows');
  await mkdir(folder, { recursive: true });
  for (const [name, body] of Object.entries(sources)) {
    await writeFile(
      path.join(folder, `${name}.js`),
      `export const meta = { name: '${name}', description: 'Of the bench' }\n${body}\n`,
    );
  }
};
