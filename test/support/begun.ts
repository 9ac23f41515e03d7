import { randomUUID } from 'node:crypto';
import type { Delta } from '../../store/deltas.ts';
import { type Operation, operationKey } from '../../store/operations.ts';
import type { Store } from '../../store/store.ts';
import { sessionRow } from './session-row.ts';

/** An attempt of a first step in a session of its own. */
export type Begun = { sessionId: string; operation: Operation; fence: number };

/** The same session and step again is a newer attempt. */
export const beginAgain = async (store: Store, { sessionId, operation }: Omit<Begun, 'fence'>) => {
  const attempt = { workerId: 'w', taskToken: Buffer.from(randomUUID()), workflowId: 'turn/x/1', runId: 'r' };
  const begun = await store.operations.begin(operation, attempt, { name: 'm', started: { model: 'm' } });
  if (begun.outcome !== 'begun') throw new Error(begun.outcome);
  return { sessionId, operation, fence: begun.fence };
};

export const beginStep = async (store: Store): Promise<Begun> => {
  const sessionId = `s_${randomUUID()}`;
  const messageId = `m_${randomUUID()}`;
  await store.sessions.create(sessionRow(sessionId));
  await store.messages.accept({ id: messageId, sessionId, text: 'hello', whenBusy: 'enqueue' });
  return await beginAgain(store, { sessionId, operation: { sessionId, turn: 1, step: 1, call: null } });
};

export const deltaOf = ({ operation, fence }: Begun, batch: number, text = `${batch} `): Delta => {
  const { sessionId: session, turn, step } = operation;
  const parts = [{ ordinal: 0, kind: 'text', text }];
  return { key: operationKey(operation), session, fence, batch, type: 'delta', data: { turn, step, fence, parts } };
};

/** What the attempt has streamed, as a viewer who comes now sees it. */
export const streamedText = async (store: Store, { sessionId }: Begun): Promise<string> => {
  const { live } = await store.view(sessionId);
  return live.flatMap(({ parts }) => parts.map(({ text }) => text)).join('');
};
