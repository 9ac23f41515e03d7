import { performance } from 'node:perf_hooks';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { percentile } from '../../stats.ts';
import type { Field } from '../field.ts';
import { chunksOfTurn, loadSessions } from '../load.ts';
import { asked } from '../words.ts';

const usualSessions = 10_000;
const turns = 200;
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
export const measureLookups = async (field: Field, { sessions, progress }: BenchOptions): Promise<Section[]> => {
  const { stack, database } = field;
  const count = sessions?.[0] ?? usualSessions;
  progress(`  inserting ${count} sessions of ${turns * chunksOfTurn} chunks`);
  await loadSessions(database, { sessions: count, turns }, { from: 1, progress });
  await loadSessions(database, { sessions: 1, turns: longTurns }, { from: count + 1, progress });
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
    await stack.api.searchTranscripts({ q });
    const found = await timed(times / 2, () => stack.api.searchTranscripts({ q }));
    all.push(...found);
    search.push(p95(`search: ${label}`, found, 100));
  }
  const snapshot = p95(
    'snapshot of a session of 5,000 messages',
    await timed(times, () => stack.api.getSession(long)),
    50,
  );
  const report = p95('usage by day, of all requests', await timed(5, () => stack.api.usageReport({ by: 'day' })), 2000);
  return [
    {
      title: `${count} sessions of ${turns * chunksOfTurn} chunks (${Math.round(Number(rows[0]?.bytes ?? 0) / 1e6)} MB): p95 over HTTP`,
      figures: [...list, p95('search: all of these', all, 100), ...search, snapshot, report],
    },
  ];
};
