import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ChunkBody } from '../contracts/chunks.ts';
import { SessionEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import { RunEvent } from '../contracts/runs.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { sessionRow } from '../test/support/session-row.ts';
import type { NewFileChange } from './file-changes.ts';
import { type Operation, operationKey, type Seal } from './operations.ts';
import { openStore, type Store } from './store.ts';
import { newRun } from './testing/rows.ts';

// The shape of an event is written twice: as a zod schema in contracts/, and as jsonb_build_object in functions/*.sql.

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const attempt = () => ({ workerId: 'w', taskToken: Buffer.from(randomUUID()), workflowId: 'turn/x/1', runId: 'r' });
const said: ChunkBody = { kind: 'text', role: 'assistant', text: 'said' };
const begin = async (operation: Operation, started: Record<string, unknown>): Promise<number> => {
  const begun = await store.operations.begin(operation, attempt(), { name: 'm', started });
  if (begun.outcome !== 'begun') throw new Error(begun.outcome);
  return begun.fence;
};
const seal = (fence: number, more: Partial<Seal> = {}): Seal => ({
  fence,
  result: {},
  chunks: [{ ordinal: 0, body: said }],
  span: { status: 'ok', attributes: {} },
  ...more,
});
const epoch = (id: string, failed: string | null) => ({
  id,
  kind: 'compact' as const,
  turn: 1,
  step: 1,
  summary: failed === null ? 'shorter' : null,
  reason: 'asked' as const,
  failed,
  predicted: { before: 10, after: 5, reread: 0, cost: null },
  usage: null,
});
const fileChange = (id: string): NewFileChange => ({
  id,
  turn: 1,
  step: 1,
  call: 0,
  tool: 'write_file',
  kind: 'create',
  path: 'a.txt',
  from: null,
  baseHash: null,
  diskHash: null,
  afterHash: 'h',
  mode: 0o644,
  diff: '+a',
  added: 1,
  removed: 0,
  hunks: 1,
  notes: [],
  approvalId: null,
});
const approval = (call: number) => ({ call, tool: 'run_command', arguments: '{}', argumentsHash: `hash ${call}` });

/** All that the store writes into the stream of a session. */
const fillSession = async (id: string): Promise<void> => {
  const message = (text: string) => ({ id: `m_${randomUUID()}`, sessionId: id, text, whenBusy: 'enqueue' as const });
  await store.messages.accept(message('hello'));
  const model: Operation = { sessionId: id, turn: 1, step: 1, call: null };
  const failing = await begin(model, { model: 'm' });
  const until = new Date(Date.now() + 1000).toISOString();
  const wait = { until, code: 'model_unavailable', isAsked: false };
  await store.operations.fail(model, failing, { status: 'error', attributes: {} }, wait);
  expect(await read(id)).toContain('step.waiting');
  const fence = await begin(model, { model: 'm' });
  const parts = [{ ordinal: 0, kind: 'text' as const, text: 's' }];
  const delta = { key: operationKey(model), session: id, fence, batch: 1, type: 'delta' as const };
  await store.deltas.append([{ ...delta, data: { turn: 1, step: 1, fence, parts } }]);
  expect(await read(id)).toContain('delta');
  const added = epoch('e1', null);
  await store.context.add(model, fence, added, [
    { ordinal: 5, body: { kind: 'system', label: 'compacted', text: 'x' } },
  ]);
  const calls = [0, 1].map((call) => ({ call, callId: `c${call}`, tool: 'run_command' }));
  const bodies = calls.map(({ call, callId, tool }): { ordinal: number; body: ChunkBody } => ({
    ordinal: call,
    body: { kind: 'tool_call', callId, tool, arguments: '{}' },
  }));
  await store.operations.seal(model, seal(fence, { chunks: bodies, approvals: [approval(0), approval(1)] }));
  const [first] = await store.approvals.pending();
  if (!first) throw new Error('No approval waits');
  await store.approvals.answer(first, 'approve', 'go on', 'me');
  for (const { call, callId, tool } of calls) {
    const operation: Operation = { ...model, call };
    const own = await begin(operation, { call, callId, tool });
    const output = { turn: 1, step: 1, call, fence: own, callId, text: 'out' };
    const growing = { key: operationKey(operation), session: id, fence: own, batch: 1, type: 'tool.output' as const };
    await store.deltas.append([{ ...growing, data: output }]);
    expect(await read(id)).toContain('tool.output');
    const body: ChunkBody = { kind: 'tool_result', callId, tool, status: 'ok', text: 'out', durationMs: 1 };
    await store.operations.seal(operation, seal(own, { chunks: [{ ordinal: 10 + call, body }] }));
  }
  const compaction: Operation = { ...model, step: 2, compaction: 1 };
  const compacting = await begin(compaction, { model: 'm' });
  await store.operations.seal(compaction, seal(compacting, { context: { epoch: epoch('e2', 'no summary') } }));
  await store.fileChanges.stage('set', id, 'a.txt', [fileChange(`f_${randomUUID()}`)]);
  const spawned = { label: 'help', prompt: 'look', agent: 'default', model: 'm', allow: [], definition: null };
  await store.subagents.spawn(
    { id: 'a_1', parentSessionId: id, turn: 1, ...spawned, onParentEnd: undefined },
    { subagentDepth: 3 },
  );
  await store.turns.settle({ sessionId: id, turn: 1, status: 'failed', code: 'internal', chunks: [] });
  await store.sessions.change(id, { archived: true }, []);
  await store.fileChanges.setMode(id, 'stage');
  await store.messages.accept(message('again'));
  const waiting = message('never');
  await store.messages.accept(waiting);
  await store.database.query('SELECT withdraw_message($1, $2, $3)', [waiting.id, id, 'subagent_ended']);
};

const fillRun = async (): Promise<string> => {
  const run = await newRun(store.database);
  const put = { id: 'c0', kind: 'agent', label: 'l', phase: null, ordinal: 0, call: { ordinal: 0 } };
  await store.database.query('SELECT put_calls($1, $2)', [run.id, JSON.stringify([put])]);
  await store.nodes.put({ runId: run.id, step: 'c0', index: null }, { kind: 'agent', status: 'running', attempt: 1 });
  const form = [{ name: 'ok', type: 'boolean' as const, label: 'OK', required: false }];
  const question = { id: 'q_1', runId: run.id, node: run.key('c0'), step: 'c0', prompt: 'Go on?', approvers: null };
  await store.questions.ask({ ...question, form, deadlineMs: 60_000 });
  await store.questions.answer(question, { decision: 'approve', fields: { ok: true }, note: null, by: 'me' });
  await store.calls.putLines(run.id, [{ n: 1, kind: 'log', text: 'a line' }]);
  await store.runs.warn(run.id, 'mind this');
  await store.runs.pause(run.id, true);
  await store.database.query('UPDATE runs SET admitted_at = NULL WHERE id = $1', [run.id]);
  await store.database.query('SELECT admit_run($1)', [run.id]);
  await store.runs.settle(run.id, { status: 'failed', code: 'run_failed', reason: 'why', output: undefined });
  return run.stream;
};

const events = async (stream: string): Promise<{ type: string }[]> => {
  const [texts = []] = await store.streams.readAfter([{ stream, after: 0 }], 500);
  return texts.map(({ json }) => (JSON.parse(json) as { event: { type: string } }).event);
};
const seen = new Set<string>();
/** The types of a session's events, each of which has exactly the fields of its schema. */
const read = async (session: string): Promise<string[]> => {
  const found = await events(streamOfSession(session));
  for (const event of found) expect(SessionEvent.parse(event)).toEqual(event);
  for (const { type } of found) seen.add(type);
  return found.map(({ type }) => type);
};

const typesOf = (schema: typeof SessionEvent | typeof RunEvent): string[] =>
  schema.options.map(({ shape }) => shape.type.value);

test('each event that SQL writes has exactly the fields of its schema, and SQL writes each event there is', async () => {
  const id = `s_${randomUUID()}`;
  await store.sessions.create(sessionRow(id));
  await fillSession(id);
  await read(id);
  expect([...seen].toSorted()).toEqual(typesOf(SessionEvent).toSorted());

  const found = await events(await fillRun());
  for (const event of found) expect(RunEvent.parse(event)).toEqual(event);
  expect([...new Set(found.map(({ type }) => type))].toSorted()).toEqual(typesOf(RunEvent).toSorted());
});

test('functions/*.sql names no other type', () => {
  const folder = path.join(import.meta.dirname, 'functions');
  const sql = globSync('*.sql', { cwd: folder }).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const calls = sql.flatMap((text) => [...text.matchAll(/append_event\(\w+, (.*?)(?:,\n| jsonb|, p_|, \()/gs)]);
  const named = calls.flatMap(([, type = '']) =>
    [...type.matchAll(/'([a-z]+\.[a-z]+|compacted)'/g)].map(([, one]) => one),
  );
  expect(named.length).toBeGreaterThan(20);
  expect([...typesOf(SessionEvent), ...typesOf(RunEvent)]).toEqual(expect.arrayContaining(named));
});
