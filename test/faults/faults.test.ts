import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMatrix } from '../../demo/faults/matrix.ts';
import { Plan } from '../../demo/faults/plan.ts';

/** Plans that once failed, and a few that hold one fault of each kind at a named point. */
const folder = path.join(import.meta.dirname, 'plans');
const plans = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({
    name,
    plan: Plan.parse((JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { plan: unknown }).plan),
  }));

let matrix: Awaited<ReturnType<typeof openMatrix>>;
beforeAll(async () => {
  matrix = await openMatrix();
});
afterAll(async () => {
  await matrix?.close(false);
});

test.each(plans)('$name: nothing is lost, doubled, stuck or opened', async ({ plan }) => {
  const { breaches, struck, refused } = await matrix.play(plan);
  expect(breaches, struck.join(', ')).toEqual([]);
  expect(struck.length).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
