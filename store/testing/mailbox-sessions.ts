import { randomUUID } from 'node:crypto';
import { endMessage, type SubagentOutcome } from '../../contracts/subagents.ts';
import { sessionRow } from '../../test/support/session-row.ts';
import type { Store } from '../store.ts';

export type Holder = 'none' | 'node' | 'subagent';

export type HeldSession = {
  id: string;
  /** The session that a background agent reports to. */
  parentId: string | null;
  /** The id of its first message, which is committed with it. */
  promptId: string | null;
  node: { runId: string; step: string; index: null } | null;
  subagentId: string | null;
};

export const prompt = 'the prompt';
const label = 'a helper';

const createRun = async (store: Store, id: string): Promise<void> => {
  await store.database.query('INSERT INTO streams (id) VALUES ($1)', [`run/${id}`]);
  await store.database.query(
    `INSERT INTO runs (id, stream, kind, name, origin, file, source, definition, input, workspace, allow, trigger)
     VALUES ($1, $2, 'flow', 'f', 'project', 'f', '', '{}', 'null', '/', '{}', 'manual')`,
    [id, `run/${id}`],
  );
};

const ofNode = async (store: Store, id: string): Promise<HeldSession> => {
  const runId = `r_${randomUUID()}`;
  const node = { runId, step: 'a', index: null };
  await createRun(store, runId);
  // As an agent's step does: the session first, the node when its first message is there.
  await store.sessions.create(sessionRow(id, { runId, node: `run/${runId}/step/a` }));
  return { id, parentId: null, promptId: null, node, subagentId: null };
};

const ofSubagent = async (store: Store, id: string): Promise<HeldSession> => {
  const parentId = `s_${randomUUID()}`;
  const subagentId = `a_${id.slice('s_'.length)}`;
  await store.sessions.create(sessionRow(parentId));
  const row = { label, prompt, agent: 'default', model: 'scripted', allow: [], definition: null };
  const spawned = { id: subagentId, parentSessionId: parentId, turn: 1, onParentEnd: undefined, ...row };
  await store.subagents.spawn(spawned, { subagentDepth: 3 });
  return { id, parentId, promptId: `subagent/${subagentId}/prompt`, node: null, subagentId };
};

export const createSession = async (store: Store, holder: Holder): Promise<HeldSession> => {
  const id = `s_${randomUUID()}`;
  if (holder === 'node') return await ofNode(store, id);
  if (holder === 'subagent') return await ofSubagent(store, id);
  await store.sessions.create(sessionRow(id));
  return { id, parentId: null, promptId: null, node: null, subagentId: null };
};

export const beginNode = async (store: Store, { node }: HeldSession): Promise<void> => {
  if (node) await store.nodes.put(node, { kind: 'agent', status: 'running', attempt: 1 });
};

export const endNode = async (
  store: Store,
  { node }: HeldSession,
  status: 'completed' | 'cancelled',
): Promise<void> => {
  if (node) await store.nodes.put(node, { kind: 'agent', status, attempt: 1 });
};

const outcomes = {
  completed: { status: 'completed', code: null, reason: null, result: 'done' },
  crashed: { status: 'crashed', code: 'subagent_crashed', reason: 'Its workflow was ended from outside', result: null },
} as const satisfies Record<string, SubagentOutcome>;

export const endSubagent = async (store: Store, { subagentId }: HeldSession, how: keyof typeof outcomes) =>
  await store.subagents.settle({ id: subagentId ?? '', label }, outcomes[how]);

/** The message that reports the end to the parent. */
export const reportOf = ({ subagentId }: HeldSession, how: keyof typeof outcomes) => ({
  id: `subagent/${subagentId}/end`,
  text: endMessage({ id: subagentId ?? '', label }, outcomes[how]),
  whenBusy: 'enqueue' as const,
});

/** What of the mailbox is seen in the tables. */
export const readState = async (store: Store, sessionId: string) => {
  const messages = await store.database.query<{ id: string; status: string; turn: number | null }>(
    'SELECT id, status, turn FROM messages WHERE session_id = $1 ORDER BY place',
    [sessionId],
  );
  const turns = await store.database.query<{ turn: number; messageId: string; status: string; isCancelling: boolean }>(
    `SELECT turn, message_id AS "messageId", status, cancel_asked_at IS NOT NULL AS "isCancelling" FROM turns
     WHERE session_id = $1 ORDER BY turn`,
    [sessionId],
  );
  const [session] = await store.database.query<{ resultTurn: number | null }>(
    'SELECT result_turn AS "resultTurn" FROM sessions WHERE id = $1',
    [sessionId],
  );
  return { messages, turns, resultTurn: session?.resultTurn ?? null };
};

/** As if a minute had passed: the keepers look at everything that waits or runs. Waits for no lock, so it is in nobody's way. */
export const passTime = async (store: Store): Promise<void> => {
  await store.database.query(
    `UPDATE messages SET accepted_at = accepted_at - interval '1 min' WHERE id IN (
       SELECT id FROM messages WHERE status = 'accepted' FOR UPDATE SKIP LOCKED)`,
  );
  await store.database.query(
    `UPDATE turns SET started_at = started_at - interval '1 min', watched_at = NULL WHERE (session_id, turn) IN (
       SELECT session_id, turn FROM turns WHERE status = 'running' FOR UPDATE SKIP LOCKED)`,
  );
};
