import { performance } from 'node:perf_hooks';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { percentile } from '../../stats.ts';
import type { Field } from '../field.ts';
import { chunksOfTurn, loadSessions } from '../load.ts';
import { asked } from '../words.ts';

const usualSessions = 10_000;
const usualChunks = 1000;
/** Of the session with many messages: two in a turn. */
const longTurns = 2500;
const times = 40;

const timed = async (count: number, act: (n: number) => Promise<unknown>): Promise<number[]> => {
  const all: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const begin = performance.now();
    await act(n);
    all.push(performance.now() - begin);
  }
  return all;
};

const p95 = (label: string, all: readonly number[], target: number): Figure => ({
  label,
  unit: 'ms',
  value: percentile(all, 0.95),
  typical: percentile(all, 0.5),
  min: Math.min(...all),
  max: Math.max(...all),
  target,
});

/** From the top to the bottom: what a page costs must not depend on its place. */
const readPages = async ({ stack }: Field, pages: number): Promise<number[]> => {
  let cursor: string | undefined;
  return await timed(pages, async () => {
    const page = await stack.api.listSessions({ limit: 50, ...(cursor === undefined ? {} : { cursor }) });
    cursor = page.nextCursor ?? undefined;
  });
};

/** Over HTTP, as the console asks. */
export const measureLookups = async (
  field: Field,
  { sessions, chunks, progress }: BenchOptions,
): Promise<Section[]> => {
  const { stack, database } = field;
  const count = sessions?.[0] ?? usualSessions;
  const turns = Math.ceil((chunks ?? usualChunks) / chunksOfTurn);
  progress(`  inserting ${count} sessions of ${turns * chunksOfTurn} chunks`);
  const begin = performance.now();
  // The long one first: a session that is busy at the newest end would hide that a search has to go further back.
  await loadSessions(stack.databaseUrl, { sessions: 1, turns: longTurns }, { from: count + 1, progress });
  await loadSessions(stack.databaseUrl, { sessions: count, turns }, { from: 1, progress });
  const loaded = (performance.now() - begin) / 1000;
  const long = `s_bench${count + 1}`;
  const { rows } = await database.query('SELECT pg_database_size(current_database()) AS bytes');
  await timed(10, () => stack.api.listSessions({ limit: 50 }));
  const list = [
    p95('the first page of the list, with totals', await timed(times, () => stack.api.listSessions({ limit: 50 })), 50),
    p95('each page of the list, down to the last', await readPages(field, Math.min(200, Math.ceil(count / 50))), 50),
    p95(
      'sessions whose title has a word',
      await timed(times, (n) => stack.api.listSessions({ q: `session ${n * 7}`, limit: 50 })),
      50,
    ),
  ];
  const search: Figure[] = [];
  const all: number[] = [];
  for (const [label, q] of Object.entries(asked)) {
    const { results, isComplete } = await stack.api.searchTranscripts({ q });
    const found = await timed(times / 2, () => stack.api.searchTranscripts({ q }));
    all.push(...found);
    search.push(p95(`search: ${label} (${results.length}${isComplete ? '' : ', cut'})`, found, 100));
  }
  const snapshot = p95(
    'snapshot of a session of 5,000 messages',
    await timed(times, () => stack.api.getSession(long)),
    50,
  );
  const older = p95(
    'a page of its older messages',
    await timed(times, (n) => stack.api.listChunks(long, { before: 2000 + n * 200, limit: 100 })),
    50,
  );
  const report = p95('usage by day, of all requests', await timed(5, () => stack.api.usageReport({ by: 'day' })), 2000);
  return [
    {
      title: `${count} sessions of ${turns * chunksOfTurn} chunks (${Math.round(Number(rows[0]?.bytes ?? 0) / 1e6)} MB, inserted in ${Math.round(loaded)} s): p95 over HTTP; in brackets how many sessions were found`,
      figures: [...list, p95('search: all of these', all, 100), ...search, snapshot, older, report],
    },
  ];
};
