import { expect } from 'vitest';
import type { StreamEvent } from '../../contracts/events.ts';
import type { Store } from '../store.ts';
import { type ModelMessage, nextMessage } from './mailbox-model.ts';
import type { Holder } from './mailbox-sessions.ts';

/**
 * Replays what a session's stream says, whose positions are the order of the transactions: each turn began with the
 * message that the model would have chosen at that moment, alone, and with the next number.
 */
export const replay = (events: readonly StreamEvent[], holder: Holder): ModelMessage[] => {
  const messages: ModelMessage[] = [];
  let turns = 0;
  let running: number | null = null;
  const find = (id: string): ModelMessage => {
    const message = messages.find((one) => one.id === id);
    if (!message) throw new Error(`${id} was never accepted`);
    return message;
  };
  for (const { position, event } of events) {
    const at = `position ${position}, ${event.type}`;
    // Where nobody holds the session, what waits while nothing runs is assigned in the same transaction.
    const isDue = holder === 'none' && running === null && nextMessage(messages) !== undefined;
    if (isDue) expect(event.type, at).toBe('turn.started');
    if (event.type === 'message.accepted') {
      expect(
        messages.map(({ id }) => id),
        at,
      ).not.toContain(event.messageId);
      const { messageId: id, text, whenBusy } = event;
      if (whenBusy === 'reject') expect([running, nextMessage(messages)], at).toEqual([null, undefined]);
      messages.push({ id, text, whenBusy, status: 'accepted', turn: null });
    } else if (event.type === 'turn.started') {
      expect([running, event.turn, event.messageId], at).toEqual([null, turns + 1, nextMessage(messages)?.id]);
      running = ++turns;
      Object.assign(find(event.messageId), { status: 'delivered', turn: turns });
    } else if (event.type === 'turn.settled') {
      expect(event.turn, at).toBe(running);
      running = null;
    } else if (event.type === 'message.withdrawn') {
      expect(find(event.messageId).status, at).toBe('accepted');
      find(event.messageId).status = 'withdrawn';
    }
  }
  expect(running, 'the turn that still runs').toBeNull();
  return messages;
};

/** The rows of a session say the same as its stream, and nobody waits. */
export const checkSession = async (store: Store, sessionId: string, holder: Holder): Promise<ModelMessage[]> => {
  const events = await store.streams.read(sessionId, 0, 5000);
  expect(events.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
    events.map(({ position }) => position),
  );
  const messages = replay(events, holder);
  const rows = await store.database.query(
    `SELECT id, text, when_busy AS "whenBusy", status, turn FROM messages WHERE session_id = $1 ORDER BY place`,
    [sessionId],
  );
  expect(rows).toEqual(messages);
  const waiting = messages.filter(({ status }) => status === 'accepted');
  expect(waiting, 'messages that nobody answers').toEqual([]);
  const turns = await store.database.query<{ turn: number; messageId: string }>(
    'SELECT turn, message_id AS "messageId" FROM turns WHERE session_id = $1 ORDER BY turn',
    [sessionId],
  );
  expect(turns.map(({ turn }) => turn)).toEqual(turns.map((_, index) => index + 1));
  const answered = messages.filter(({ status }) => status === 'delivered').map(({ id }) => id);
  expect(turns.map(({ messageId }) => messageId).toSorted()).toEqual(answered.toSorted());
  const seqs = (await store.chunks.transcript(sessionId)).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  return messages;
};

export const checkDeleted = async (store: Store, sessionId: string): Promise<void> => {
  for (const table of ['messages', 'turns', 'operations', 'chunks']) {
    expect(await store.database.query(`SELECT FROM ${table} WHERE session_id = $1`, [sessionId]), table).toEqual([]);
  }
  expect(await store.database.query('SELECT FROM streams WHERE id = $1', [`session/${sessionId}`])).toEqual([]);
};
