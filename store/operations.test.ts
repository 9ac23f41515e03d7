import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ChunkBody } from '../contracts/chunks.ts';
import type { DeltaPart } from '../contracts/events.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { sessionRow } from '../test/support/session-row.ts';
import type { DeltaOutcome } from './deltas.ts';
import { type Operation, operationKey, type Seal } from './operations.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
let url: string;
beforeAll(async () => {
  url = await createTestDatabase(inject('postgresUrl'));
  store = openStore({ url, patienceMs: 5000, max: 12 });
});
afterAll(() => store.close());

const newAttempt = () => ({ workerId: 'w', taskToken: Buffer.from(randomUUID()), workflowId: 'turn/x/1', runId: 'r' });
const text = (value: string): ChunkBody => ({ kind: 'text', role: 'assistant', text: value });
const seal = (fence: number, value = 'reply', count = 3): Seal => ({
  fence,
  result: { outcome: 'finished' },
  chunks: Array.from({ length: count }, (_, ordinal) => ({ ordinal, body: text(`${value} ${ordinal}`) })),
  span: { status: 'ok', attributes: {} },
});

const newTurn = async (): Promise<Operation> => {
  const sessionId = `s_${randomUUID()}`;
  const id = `m_${randomUUID()}`;
  await store.sessions.create(sessionRow(sessionId));
  await store.messages.accept({ id, sessionId, text: 'hello\0', whenBusy: 'enqueue' });
  return { sessionId, turn: 1, step: 1, call: null };
};

const begin = async (operation: Operation, attempt = newAttempt()): Promise<number> => {
  const begun = await store.operations.begin(operation, attempt, { name: 'm', started: { model: 'm' } });
  if (begun.outcome !== 'begun') throw new Error(begun.outcome);
  return begun.fence;
};

const append = async (
  operation: Operation,
  { fence, batch }: { fence: number; batch: number },
  parts: DeltaPart[],
): Promise<DeltaOutcome | undefined> => {
  const { sessionId: session, turn, step } = operation;
  const data = { turn, step, fence, parts };
  const [outcome] = await store.deltas.append([
    { key: operationKey(operation), session, fence, batch, type: 'delta', data },
  ]);
  return outcome;
};

describe('sealing (P2, P3)', () => {
  test('two workers run the same attempt: one result, contiguous rows, seq without holes', async () => {
    for (let round = 0; round < 40; round++) {
      const operation = await newTurn();
      const fences = await Promise.all([begin(operation), begin(operation)]);
      expect(fences.toSorted()).toEqual([1, 2]);
      const outcomes = await Promise.all(
        fences.map((fence) => store.operations.seal(operation, seal(fence, `by ${fence}`))),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(
        fences.map((fence) => (fence === 2 ? 'sealed' : 'superseded')),
      );
      const chunks = await store.chunks.transcript(operation.sessionId);
      expect(chunks.map(({ seq, body }) => [seq, body.kind === 'text' && body.text])).toEqual([
        [1, 'hello\uFFFD'],
        [2, 'by 2 0'],
        [3, 'by 2 1'],
        [4, 'by 2 2'],
      ]);
    }
  });

  test('a lost acknowledgement: the same seal again is the same seal, another content is refused', async () => {
    const operation = await newTurn();
    const fence = await begin(operation);
    expect(await store.operations.seal(operation, seal(fence))).toMatchObject({ outcome: 'sealed' });
    expect(await store.operations.seal(operation, seal(fence))).toMatchObject({ outcome: 'sealed' });
    expect(await store.operations.seal(operation, seal(fence, 'other'))).toMatchObject({ outcome: 'superseded' });
    expect(await store.chunks.transcript(operation.sessionId)).toHaveLength(4);
  });

  test('a lost acknowledgement: the same attempt begun again is the same attempt, another one is a newer one', async () => {
    const operation = await newTurn();
    const attempt = newAttempt();
    const given = { name: 'm', started: { model: 'm' } };
    const first = await store.operations.begin(operation, attempt, given);
    expect(await store.operations.begin(operation, attempt, given)).toEqual(first);
    const next = { ...first, fence: 2, interrupted: true };
    expect(await store.operations.begin(operation, newAttempt(), given)).toEqual(next);
    const events = await store.streams.read(operation.sessionId, 0);
    expect(events.filter(({ event }) => event.type === 'step.started')).toHaveLength(2);
  });

  test('a lost acknowledgement: the same batch of a stream again is written once', async () => {
    const operation = await newTurn();
    const fence = await begin(operation);
    const part = (text: string) => [{ ordinal: 0, kind: 'text' as const, text }];
    for (const [batch, text] of [
      [1, 'a'],
      [1, 'a'],
      [2, 'b'],
      [2, 'b'],
      [3, 'c'],
    ] as const) {
      expect(await append(operation, { fence, batch }, part(text))).toBe('written');
    }
    const { live } = await store.view(operation.sessionId);
    expect(live[0]?.parts[0]?.text).toBe('abc');
  });

  test('a retried attempt finds what is sealed', async () => {
    const operation = await newTurn();
    await store.operations.seal(operation, seal(await begin(operation)));
    const again = await store.operations.begin(operation, newAttempt(), { name: 'm', started: {} });
    expect(again).toEqual({ outcome: 'sealed', result: { outcome: 'finished' }, next: null });
  });

  test('a superseded attempt can neither stream nor seal', async () => {
    const operation = await newTurn();
    const old = await begin(operation);
    const current = await begin(operation);
    const part = [{ ordinal: 0, kind: 'text' as const, text: 'x' }];
    expect(await append(operation, { fence: old, batch: 1 }, part)).toBe('lost');
    expect(await append(operation, { fence: current, batch: 1 }, part)).toBe('written');
    expect(await store.operations.seal(operation, seal(old))).toMatchObject({ outcome: 'superseded' });
  });

  test('sealing races with streaming: no delta outlives the fact', async () => {
    const operation = await newTurn();
    const fence = await begin(operation);
    const part = [{ ordinal: 0, kind: 'text' as const, text: 'x' }];
    const deltas = Array.from({ length: 60 }, (_, batch) => append(operation, { fence, batch }, part));
    await Promise.all([...deltas, store.operations.seal(operation, seal(fence))]);
    const events = await store.streams.read(operation.sessionId, 0);
    expect(events.map(({ event }) => event.type)).toEqual([
      'message.accepted',
      'turn.started',
      'step.started',
      'step.sealed',
    ]);
  });

  test('a turn that has ended takes no more attempts, and its end stands', async () => {
    const operation = await newTurn();
    const fence = await begin(operation);
    const end = { sessionId: operation.sessionId, turn: 1, code: null, chunks: [] };
    await store.turns.settle({ ...end, status: 'cancelled' });
    await store.turns.settle({ ...end, status: 'failed' });
    expect(await store.turns.last(operation.sessionId)).toMatchObject({ turn: 1, status: 'cancelled' });
    expect(await store.operations.seal(operation, seal(fence))).toMatchObject({ outcome: 'superseded' });
    expect(await store.operations.begin(operation, newAttempt(), { name: 'm', started: {} })).toEqual({
      outcome: 'closed',
      next: null,
    });
  });

  test('many writers of one session: seq is 1..n without holes, every step contiguous', async () => {
    const operation = await newTurn();
    await begin(operation);
    const steps = Array.from({ length: 60 }, (_, index) => ({ ...operation, step: 2 * index + 1 }));
    // A step begins when the one before it is sealed: those between are.
    await store.database.query(
      `INSERT INTO operations (key, session_id, turn, step, name, state, fence, worker_id, workflow_id, run_id, ended_at)
       SELECT $1 || '/1/' || n, $1, 1, n, 'm', 'sealed', 1, 'w', 'turn/x/1', 'r', now() FROM generate_series(2, 118, 2) AS n`,
      [operation.sessionId],
    );
    await Promise.all(
      steps.map(async (step) => {
        const begun = await store.operations.begin(step, newAttempt(), { name: 'm', started: { model: 'm' } });
        if (begun.outcome === 'begun')
          await store.operations.seal(step, seal(begun.fence, `step ${step.step}`, 1 + (step.step % 4)));
      }),
    );
    const chunks = await store.chunks.transcript(operation.sessionId);
    expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, index) => index + 1));
    const changes = chunks.filter(({ step }, index) => step !== chunks[index - 1]?.step);
    expect(changes).toHaveLength(61);
  });
});

describe('what models and tools write', () => {
  test.each(['\0', '\ud800', 'a\udc00b', '\u2028', '🙂', '"\\'])(
    '%j is kept or replaced, never refused',
    async (value) => {
      const operation = await newTurn();
      const fence = await begin(operation);
      expect(await store.operations.seal(operation, seal(fence, value, 1))).toMatchObject({ outcome: 'sealed' });
      const body = (await store.chunks.transcript(operation.sessionId)).at(-1)?.body;
      expect(body?.kind === 'text' && body.text).toBe(`${value} 0`.toWellFormed().replaceAll('\0', '\uFFFD'));
    },
  );
});

test('a lost connection only delays: statements are given again when Postgres is back', async () => {
  const operation = await newTurn();
  const fence = await begin(operation);
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  const sealing = Array.from({ length: 20 }, () => store.operations.seal(operation, seal(fence)));
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = $1',
    [new URL(url).pathname.slice(1)],
  );
  await admin.end();
  const outcomes = (await Promise.all(sealing)).map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['sealed']));
  expect(await store.chunks.transcript(operation.sessionId)).toHaveLength(4);
});
