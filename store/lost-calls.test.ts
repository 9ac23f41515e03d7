import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { stepWorkflowId } from '../contracts/ids.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const openCall = async () => {
  const runId = `r_${randomBytes(6).toString('hex')}`;
  await store.runs.create({
    id: runId,
    kind: 'script',
    name: 'test',
    origin: 'project',
    file: 'test.js',
    source: '',
    definition: {
      script: { meta: { name: 'test', description: 'x', phases: [] }, file: 'test.js', code: '' },
      agents: {},
    },
    input: undefined,
    workspace: '/',
    allow: [],
    trigger: 'manual',
  } as Parameters<Store['runs']['create']>[0]);
  const of = { runId, step: 'call', index: null };
  await store.nodes.put(of, { kind: 'agent', status: 'running', attempt: 1 });
  return { of, key: stepWorkflowId(runId, 'call') };
};

test('a call whose workflow left no end gets one, which stands', async () => {
  const { of, key } = await openCall();
  const lost = { status: 'failed', code: 'step_failed', reason: 'Its workflow ended and recorded no result' };
  expect(await store.calls.result(key)).toMatchObject(lost);
  expect((await store.nodes.find(of))?.status).toBe('failed');
  expect(await store.nodes.put(of, { kind: 'agent', status: 'completed', attempt: 1, output: 'late' })).toBe('failed');
  expect(await store.calls.result(key)).toMatchObject(lost);
});

test('it says what its last attempt said', async () => {
  const { of, key } = await openCall();
  await store.nodes.put(of, { kind: 'agent', status: 'running', attempt: 1, code: 'workspace_invalid', reason: 'why' });
  expect(await store.calls.result(key)).toMatchObject({ status: 'failed', code: 'workspace_invalid', reason: 'why' });
});

test('an end that is there is what is read, and a call of a deleted run ends all the same', async () => {
  const { of, key } = await openCall();
  await store.nodes.put(of, { kind: 'agent', status: 'completed', attempt: 1, output: 'x' });
  expect(await store.calls.result(key)).toMatchObject({ status: 'completed', output: 'x' });
  expect(await store.calls.result('run/r_none/step/x')).toMatchObject({ status: 'failed', code: 'step_failed' });
});
