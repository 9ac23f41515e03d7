import { afterEach, expect, test } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import type { Delta, DeltaOutcome } from '../../store/deltas.ts';
import { until } from '../../test/support/until.ts';
import { createDeltaWriter, type DeltaWriter } from './delta-writer.ts';

type Answer = DeltaOutcome[] | Error;

let writer: DeltaWriter | undefined;
afterEach(() => writer?.close());

/** A store that answers by a function of the group; groups are kept in the order in which they came. */
const openWriter = (answer: (group: readonly Delta[]) => Answer | Promise<Answer>) => {
  const groups: (readonly Delta[])[] = [];
  const woken: string[] = [];
  let inFlight = 0;
  let maxInFlight = 0;
  writer = createDeltaWriter({
    store: {
      deltas: {
        append: async (group) => {
          groups.push(group);
          inFlight += 1;
          maxInFlight = Math.max(maxInFlight, inFlight);
          const outcomes = await answer(group);
          inFlight -= 1;
          if (outcomes instanceof Error) throw outcomes;
          return outcomes;
        },
      },
      wakeAll: (sessions) => woken.push(...sessions),
    },
  });
  const made = writer;
  const lost: string[] = [];
  return {
    groups,
    woken,
    lost,
    most: () => maxInFlight,
    open: (sessionId: string, call: number | null = null) =>
      made.open({ operation: { sessionId, turn: 1, step: 1, call }, fence: 1 }, () => lost.push(sessionId)),
    /** What was written for a session, in the order of the calls. */
    textOf: (session: string): string =>
      groups
        .flat()
        .filter((delta) => delta.session === session)
        .map(({ data }) => data as { text?: string; parts?: { text: string }[] })
        .map(({ text, parts = [] }) => text ?? parts.map((part) => part.text).join(''))
        .join(''),
  };
};

const written = (group: readonly Delta[]): DeltaOutcome[] => group.map(() => 'written');
const part = (text: string) => [{ ordinal: 0, kind: 'text' as const, text }];
const names = Array.from({ length: 10 }, (_, index) => `s${index}`);

test('what comes together is written together, and readers are woken for all of it', async () => {
  const { open, groups, woken } = openWriter(written);
  for (const name of names) open(name).add(part('x'));
  await until('all writes', () => woken.length === names.length);
  expect(groups.flat().map(({ session }) => session)).toEqual(names);
  expect(woken).toEqual(names);
  // One, unless the machine paused in between.
  expect(groups.length).toBeLessThan(5);
});

test('what comes all at once and ends is not written', async () => {
  const { open, groups } = openWriter(written);
  const stream = open('a');
  stream.add(part('all at once'));
  await stream.stop();
  const other = open('b');
  other.add(part('x'));
  await until('a write of the other', () => groups.length > 0);
  expect(groups.flat().map(({ session }) => session)).toEqual(['b']);
});

test('a burst of 5 MB is split; its text is whole and in order; others do not wait for its end', async () => {
  const { open, groups, textOf } = openWriter(written);
  const text = Array.from({ length: 500_000 }, (_, index) => `${index}`.padStart(9, '0')).join(' ');
  const burst = open('burst', 0);
  burst.addOutput('call', text);
  open('small').add(part('x'));
  await until('the end of the burst', () => textOf('burst').length === text.length);
  expect(textOf('burst')).toBe(text);
  expect(textOf('small')).toBe('x');
  const sizes = groups.map((group) => JSON.stringify(group).length);
  expect(sizes.length).toBeGreaterThan(15);
  expect(Math.max(...sizes)).toBeLessThan(300_000);
  const batches = groups.flat().filter(({ session }) => session === 'burst');
  expect(batches.map(({ batch }) => batch)).toEqual(batches.map((_, index) => index + 1));
  expect(groups.findIndex((group) => group.some(({ session }) => session === 'small'))).toBeLessThan(3);
});

test('many streams: several transactions at once, never two with the same stream', async () => {
  const busy = new Set<string>();
  const { open, groups, most, textOf } = openWriter(async (group) => {
    for (const { session } of group) {
      expect(busy).not.toContain(session);
      busy.add(session);
    }
    await new Promise((resolve) => setImmediate(resolve));
    for (const { session } of group) busy.delete(session);
    return written(group);
  });
  const many = Array.from({ length: 300 }, (_, index) => `s${index}`);
  const streams = many.map((name) => open(name));
  let expected = '';
  for (let round = 0; round < 20; round++) {
    for (const stream of streams) stream.add(part(`${round} `));
    expected += `${round} `;
    const before = groups.length;
    await until('a write', () => groups.length > before);
  }
  await until('all text', () => many.every((name) => textOf(name) === expected));
  expect(most()).toBeGreaterThan(1);
  expect(most()).toBeLessThanOrEqual(3);
  expect(Math.max(...groups.map((group) => group.length))).toBeLessThanOrEqual(64);
});

test('an attempt that lost its fence is told once and writes no more; the others go on', async () => {
  const { open, groups, lost, textOf } = openWriter((group) =>
    group.map(({ session }) => (session === 's3' ? 'lost' : 'written')),
  );
  const streams = names.map((name) => open(name));
  for (const stream of streams) stream.add(part('1'));
  await until('the loss', () => lost.length > 0);
  for (const stream of streams) stream.add(part('2'));
  await until('the rest', () => names.every((name) => name === 's3' || textOf(name) === '12'));
  expect(lost).toEqual(['s3']);
  expect(groups.flat().filter(({ session }) => session === 's3')).toHaveLength(1);
});

test('a batch of a busy stream is given again as it was, and what came since follows it', async () => {
  let busy = 3;
  const { open, groups } = openWriter((group) => group.map(() => (busy-- > 0 ? 'busy' : 'written')));
  const stream = open('a');
  stream.add(part('first'));
  await until('an attempt', () => groups.length > 0);
  stream.add(part('second'));
  await until('all of it', () => groups.length === 5);
  const [first, ...rest] = groups.map(([delta]) => delta);
  expect(rest.slice(0, 3)).toEqual([first, first, first]);
  expect(rest[3]).toMatchObject({ batch: 2, data: { parts: [{ text: 'second' }] } });
});

test('what Postgres refuses takes only its own attempt along', async () => {
  const { open, lost, textOf } = openWriter((group) =>
    group.some(({ session }) => session === 's5') ? new Error('refused') : written(group),
  );
  const streams = names.map((name) => open(name));
  for (const stream of streams) stream.add(part('1'));
  await until('the loss', () => lost.length > 0);
  for (const stream of streams) stream.add(part('2'));
  await until('the rest', () => names.every((name) => name === 's5' || textOf(name).endsWith('2')));
  expect(lost).toEqual(['s5']);
});

test('when Postgres stays away all attempts are lost', async () => {
  const { open, groups, lost } = openWriter(() => new EverturnError('database_unavailable', 'Cannot reach Postgres'));
  for (const name of names) open(name).add(part('1'));
  await until('the loss', () => lost.length === names.length);
  // No delta is tried again, alone or with others.
  expect(groups.flat().map(({ session }) => session)).toEqual(names);
});

test('stop waits for the write in flight, and a loss is not reported after it', async () => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { open, groups, lost } = openWriter(() => promise);
  const stream = open('a');
  stream.add(part('1'));
  await until('the write', () => groups.length > 0);
  let hasStopped = false;
  const stopping = stream.stop().then(() => {
    hasStopped = true;
  });
  await new Promise((done) => setImmediate(done));
  expect(hasStopped).toBe(false);
  resolve(['lost']);
  await stopping;
  expect(lost).toEqual([]);
});
