import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/clock.ts';
import type { Target } from '../support/stack.ts';
import { anyTimes, type Plan, wordsUpTo } from './plan.ts';
import { commandCall, runsOf } from './runs.ts';

const heldWords = 20;
const longText = wordsUpTo(60);
const shortText = wordsUpTo(12);

/** Killed while the stream of the second model call is held, twenty words out; the first call is finished by then. */
export const inModelCall = (killed: readonly Target[]): Plan => ({
  killed,
  moment: 'model call',
  text: longText,
  script: (key) => [
    { times: anyTimes, reply: { toolCalls: [{ name: 'list_files', arguments: {} }] } },
    {
      times: anyTimes,
      pauseAfter: { pieces: heldWords, gate: key },
      reply: { text: longText, chunkDelayMs: 15 },
    },
  ],
  moved: async ({ viewer }) => {
    await until('the held reply to reach the client', () => viewer.liveText().includes(wordsUpTo(heldWords)));
  },
  afterKill: ({ model, key }) => model.open(key),
  results: ['ok'],
});

/** Killed while a command runs, which must not run twice. */
export const inTool = (killed: readonly Target[]): Plan => ({
  killed,
  moment: 'tool (once)',
  text: shortText,
  script: () => [
    { times: anyTimes, reply: { toolCalls: [commandCall(2)] } },
    { times: anyTimes, reply: { text: shortText, chunkDelayMs: 5 } },
  ],
  moved: async ({ folder }) => {
    await until('the command to begin', async () => (await runsOf(folder)).length > 0);
    await delay(300);
  },
  // Its worker is gone, so nobody knows how it ended; or its worker lived to see the end.
  results: killed.includes('worker') || killed.includes('supervisor') ? ['ok', 'interrupted'] : ['ok'],
});

const linkCount = 1500;

/** A megabyte under many names: long to search, cheap to make. */
const makeHaystack = async (folder: string): Promise<void> => {
  const hay = path.join(folder, 'hay');
  await mkdir(hay);
  const first = path.join(hay, '0.txt');
  await writeFile(first, 'no needle here, only hay and more hay\n'.repeat(28_000));
  for (let index = 1; index < linkCount; index += 1) await link(first, path.join(hay, `${index}.txt`));
};

/** Killed while a search runs, which may run again and does. */
export const inPureTool = (killed: readonly Target[]): Plan => ({
  killed,
  moment: 'tool (pure)',
  text: shortText,
  prepare: makeHaystack,
  script: () => [
    { times: anyTimes, reply: { toolCalls: [{ name: 'search_files', arguments: { pattern: '(\\w+ ){8}needle$' } }] } },
    { times: anyTimes, reply: { text: shortText, chunkDelayMs: 5 } },
  ],
  moved: async ({ viewer }) => {
    await viewer.saw('the search to begin', ({ type }) => type === 'tool.started');
    await delay(200);
  },
  results: ['ok'],
});
