import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMatrix } from '../../demo/faults/matrix.ts';
import { Plan } from '../../demo/faults/plan.ts';
import type { Play } from '../../demo/faults/play.ts';

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

const loseReply = async ({ stack }: Play): Promise<void> => {
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  await client.connect();
  const { rowCount } = await client.query(
    `DELETE FROM chunks WHERE (session_id, seq) = (SELECT session_id, seq FROM chunks
       WHERE body ->> 'text' LIKE 'talk says %' ORDER BY at DESC LIMIT 1)`,
  );
  await client.end();
  expect(rowCount).toBe(1);
};

const askAgain = async ({ stack, name }: Play): Promise<void> => {
  const body = stack.provider.asked(name)[0]?.raw ?? '';
  const url = `http://127.0.0.1:${stack.provider.port}/v1/chat/completions`;
  await (await fetch(url, { method: 'POST', body })).text();
};

const leaveWorkflow = async ({ stack, name }: Play, workflowId: string): Promise<void> => {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  await new Client({ connection }).workflow.start('nobody', { workflowId, taskQueue: 'nobody', args: [name] });
  await connection.close();
};

test('what is lost, paid twice, left running or written to Temporal is seen', async () => {
  const { breaches } = await matrix.play({ seed: 0, actors: ['talk'], faults: [] }, async (play) => {
    await loseReply(play);
    await askAgain(play);
    await leaveWorkflow(play, 'left-by-a-test');
  });
  const words = (wanted: string): string[] =>
    breaches.filter(({ kind }) => kind === wanted).map((breach) => breach.words);
  expect(words('lost').join()).toContain('is not in the transcript');
  expect(words('doubled').join()).toContain('after its reply was sealed');
  expect(words('stuck').join()).toContain('left-by-a-test');
  expect(words('opened').join()).toContain('holds words of a user');
});
