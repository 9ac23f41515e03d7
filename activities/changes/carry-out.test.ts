import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { severalAtOnce } from '../../contracts/several-at-once.ts';
import type { FileState, FileStep } from '../../store/file-changes.ts';
import { temporaryFolder } from '../tools/test-context.ts';
import { carryOut } from './carry-out.ts';
import { independent } from './independent.ts';
import { hashOf } from './texts.ts';

const mode = 0o644;
const stateOf = (text: string | null): FileState | null =>
  text === null ? null : { hash: hashOf(Buffer.from(text)), mode };

/** Steps as [path, before, after]; `null` for a file that is not there. */
const open = async (changes: [string, string | null, string | null][]) => {
  const workspace = await temporaryFolder();
  const contents = new Map<string, Buffer>();
  for (const text of changes.flatMap(([, before, after]) => [before, after]))
    if (text !== null) contents.set(hashOf(Buffer.from(text)), Buffer.from(text));
  for (const [path, before] of changes) if (before !== null) await writeFile(join(workspace, path), before, { mode });
  const steps = changes.map(
    ([path, before, after]): FileStep => ({ path, before: stateOf(before), after: stateOf(after) }),
  );
  const place = { workspace, dataFolders: [], idempotencyKey: 'call' };
  return { workspace, steps, run: (some = steps) => carryOut(place, { steps: some, contents }) };
};

const numbers = Array.from({ length: 40 }, (_, index) => index);

test('many files of many folders are written as a whole, and their folders go with them', async () => {
  const { workspace, steps, run } = await open(
    numbers.map((index) => [`new/${index % 3}/${index % 5}/f${index}`, null, `text ${index}`]),
  );
  expect(await run()).toEqual({ outcome: 'done' });
  expect(await readFile(join(workspace, 'new/1/2/f7'), 'utf8')).toBe('text 7');
  const names = (await readdir(workspace, { recursive: true })).filter((name) => name.includes('.everturn-write'));
  expect(names).toEqual([]);
  const back = steps.toReversed().map((step) => ({ ...step, before: step.after, after: step.before }));
  expect(await run(back)).toEqual({ outcome: 'done' });
  expect(await readdir(workspace)).toEqual([]);
});

test('one of many that somebody has changed: all stay as they were', async () => {
  const { workspace, run } = await open(numbers.map((index) => [`f${index}`, `old ${index}`, `new ${index}`]));
  await writeFile(join(workspace, 'f33'), 'of somebody');
  expect(await run()).toEqual({ outcome: 'conflict', path: 'f33', reason: 'it was changed since' });
  const texts = await Promise.all(numbers.map((index) => readFile(join(workspace, `f${index}`), 'utf8')));
  expect(texts).toEqual(numbers.map((index) => (index === 33 ? 'of somebody' : `old ${index}`)));
});

test('folders that a run left behind which was cut off are removed by the next', async () => {
  const { workspace, steps, run } = await open([['new/deep/f', null, 'text']]);
  await mkdir(join(workspace, 'new/deep'), { recursive: true });
  // The file is gone already.
  expect(await run(steps.map((step) => ({ ...step, before: step.after, after: null, made: 'new' })))).toEqual({
    outcome: 'done',
  });
  expect(await readdir(workspace)).toEqual([]);
});

test('what is renamed is written under its new name first; a file in place of a folder keeps the order', () => {
  const step = (path: string, isGone = false): FileStep => ({
    path,
    before: isGone ? stateOf('x') : null,
    after: isGone ? null : stateOf('x'),
  });
  const paths = (steps: FileStep[]) => independent(steps).map((group) => group.map(({ path }) => path));
  expect(paths([step('a', true), step('b'), step('c', true), step('d')])).toEqual([
    ['b', 'd'],
    ['a', 'c'],
  ]);
  expect(paths([step('a', true), step('A/b/c')])).toEqual([['a'], ['A/b/c']]);
  expect(paths([step('a', true), step('A')])).toEqual([['a'], ['A']]);
});

test('after a failure nothing more is begun, and what was begun is awaited', async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = async (index: number): Promise<void> => {
    begun.push(index);
    await new Promise((done) => setImmediate(done));
    ended += 1;
    if (index === 2) throw new Error('two');
  };
  await expect(severalAtOnce(numbers, work)).rejects.toThrow('two');
  expect(ended).toBe(begun.length);
  expect(begun.length).toBeLessThan(20);
  expect(await severalAtOnce(numbers, async (index) => index * 2)).toEqual(numbers.map((index) => index * 2));
});
