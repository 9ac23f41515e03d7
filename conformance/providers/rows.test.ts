import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { groups } from './rows.ts';
import { runRow } from './run-row.ts';

describe.each(groups)('$name', ({ rows }) => {
  it.each(rows)('$dialect: $oddity', async (row) => {
    expect(judge(row, await runRow(row))).toEqual([]);
  });
});

it('has a row for each dialect, and names none twice', () => {
  const rows = groups.flatMap((group) => group.rows);
  const names = rows.map(({ dialect, oddity }) => `${dialect}: ${oddity}`);
  expect(new Set(names).size).toBe(names.length);
  expect(rows.length).toBeGreaterThanOrEqual(80);
  expect(new Set(rows.map(({ dialect }) => dialect)).size).toBe(10);
});

it('sees a row that does not hold', async () => {
  const row = groups[0]?.rows[0];
  if (!row) throw new Error('There are rows');
  const outcome = await runRow(row);
  expect(
    judge({ ...row, expect: { said: [], requests: 9, unsent: ['I look.'], finish: 'length' } }, outcome),
  ).toHaveLength(4);
});
