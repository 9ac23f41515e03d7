import fc from 'fast-check';
import { EverturnError } from '../../contracts/errors.ts';
import type { WhenBusy } from '../../contracts/events.ts';
import type { Store } from '../store.ts';
import { createMailbox, type Mailbox } from './mailbox-model.ts';
import {
  beginNode,
  createSession,
  endNode,
  endSubagent,
  type HeldSession,
  type Holder,
  passTime,
  prompt,
  reportOf,
} from './mailbox-sessions.ts';

type To = 'own' | 'parent';

/** `to`: the session, or the one that a background agent reports to. `turn`: counted back from the newest, which is 0. */
export type Command =
  | { type: 'accept'; to: To; id: number; text: string; whenBusy: WhenBusy }
  | { type: 'cancel'; to: To }
  | { type: 'begin'; to: To; turn: number; attempt: string }
  | { type: 'seal'; to: To; turn: number }
  | { type: 'settle'; to: To; turn: number; status: 'failed' | 'cancelled' }
  | { type: 'take'; release: boolean }
  | { type: 'end'; how: 'completed' | 'crashed' }
  | { type: 'stray' };

const to = fc.constantFrom<To[]>('own', 'own', 'parent');
const turn = fc.constantFrom(0, 0, 0, 1, 2);

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('accept' as const),
      to,
      id: fc.nat(7),
      // Mostly the same one: with another, the id is refused.
      text: fc.constantFrom('a', 'a', 'a', 'b'),
      whenBusy: fc.constantFrom<WhenBusy[]>('enqueue', 'interrupt', 'reject'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), to }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('begin' as const), to, turn, attempt: fc.constantFrom('x', 'y') }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('seal' as const), to, turn }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('settle' as const),
      to,
      turn,
      status: fc.constantFrom('failed' as const, 'cancelled' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('take' as const), release: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('end' as const),
      how: fc.constantFrom('completed' as const, 'crashed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'stray' as const }) },
);

/** A session and the one it reports to, with the models of both. */
export type Played = HeldSession & {
  holder: Holder;
  own: Mailbox;
  parent: Mailbox;
  /** The first end of the background agent. */
  ended: 'completed' | 'crashed' | null;
};

export const openPlayed = async (store: Store, holder: Holder): Promise<Played> => {
  const session = await createSession(store, holder);
  await beginNode(store, session);
  const own = createMailbox(holder);
  if (session.promptId !== null) own.accept({ id: session.promptId, text: prompt, whenBusy: 'enqueue' });
  return { ...session, holder, own, parent: createMailbox('none'), ended: null };
};

const addressed = (played: Played, name: To) =>
  name === 'parent' && played.parentId !== null
    ? { sessionId: played.parentId, mailbox: played.parent }
    : { sessionId: played.id, mailbox: played.own };

/** The command with the turn it means; null where it means none. */
export const resolve = (played: Played, given: Command): Command | null => {
  if (given.type === 'take') return played.holder === 'none' ? null : given;
  if (!('turn' in given)) return given;
  const { turns } = addressed(played, given.to).mailbox;
  const resolved = turns.length - given.turn;
  if (resolved < 1 || (given.type === 'seal' && !turns[resolved - 1]?.operation)) return null;
  return { ...given, turn: resolved };
};

const expectEnd = (played: Played, how: 'completed' | 'crashed'): unknown => {
  const isFirst = played.ended === null;
  if (played.holder === 'subagent' && isFirst && how === 'completed' && played.own.hasWaiting()) {
    return { status: 'more', starts: null };
  }
  if (isFirst) played.own.end();
  played.ended ??= how;
  if (played.holder !== 'subagent') return null;
  const accepted = played.parent.accept(reportOf(played, how));
  return { status: played.ended, starts: typeof accepted === 'string' ? null : accepted.starts };
};

/** What the model answers to a command, and does with it. */
export const expected = (played: Played, given: Command): unknown => {
  if (given.type === 'take') return played.own.take(given.release);
  if (given.type === 'end') return expectEnd(played, given.how);
  if (given.type === 'stray') return [played.own.stray(), played.parent.stray()];
  const { mailbox } = addressed(played, given.to);
  if (given.type === 'accept') return mailbox.accept({ ...given, id: `${played.id}/${given.to}/${given.id}` });
  if (given.type === 'cancel') return mailbox.cancel();
  if (given.type === 'begin') return mailbox.begin(given.turn, given.attempt);
  return given.type === 'seal' ? mailbox.seal(given.turn) : mailbox.settle(given.turn, given.status);
};

const codeOf = (error: unknown): string => {
  if (error instanceof EverturnError) return error.code;
  throw error;
};

const accept = async (store: Store, sessionId: string, message: { id: string; text: string; whenBusy: WhenBusy }) => {
  try {
    const { turn: number, starts, cancels } = await store.messages.accept({ sessionId, ...message });
    return { turn: number, starts: starts?.turn ?? null, cancels };
  } catch (error) {
    return codeOf(error);
  }
};

const end = async (store: Store, played: Played, how: 'completed' | 'crashed'): Promise<unknown> => {
  if (played.holder === 'subagent') {
    const { status, starts } = await endSubagent(store, played, how);
    return { status, starts: starts?.turn ?? null };
  }
  await endNode(store, played, how === 'completed' ? 'completed' : 'cancelled');
  return null;
};

const stray = async (store: Store, { id, parentId }: Played): Promise<unknown> => {
  await passTime(store);
  const assigned = await store.messages.assignStray();
  return [id, parentId].map((session) => assigned.find(({ sessionId }) => sessionId === session)?.turn ?? null);
};

const stepOf = (sessionId: string, number: number) => ({ sessionId, turn: number, step: 1, call: null });

/** `fence`: of the attempt that began last. */
const call = async (store: Store, sessionId: string, given: Command, fence: number): Promise<unknown> => {
  if (given.type === 'cancel') return (await store.turns.cancel(sessionId))?.turn ?? null;
  if (given.type === 'settle') {
    return await store.turns.settle({ sessionId, turn: given.turn, status: given.status, code: null, chunks: [] });
  }
  if (given.type === 'seal') {
    const seal = { fence, result: {}, chunks: [], span: { status: 'ok' as const, attributes: {} } };
    return await store.operations.seal(stepOf(sessionId, given.turn), { ...seal, settle: 'completed' });
  }
  if (given.type !== 'begin') throw new Error(given.type);
  const attempt = { workerId: 'w', taskToken: Buffer.from(given.attempt), workflowId: 'turn', runId: 'r' };
  return await store.operations.begin(stepOf(sessionId, given.turn), attempt, { name: 'm', started: {} });
};

/** Gives a command to the store. Returns what `expected` speaks of; more of it where it begins an attempt. */
export const give = async (store: Store, played: Played, given: Command): Promise<unknown> => {
  if (given.type === 'take') return await store.messages.take(played.id, { release: given.release });
  if (given.type === 'end') return await end(store, played, given.how);
  if (given.type === 'stray') return await stray(store, played);
  const { sessionId, mailbox } = addressed(played, given.to);
  if (given.type === 'accept') {
    const { text, whenBusy } = given;
    return await accept(store, sessionId, { id: `${played.id}/${given.to}/${given.id}`, text, whenBusy });
  }
  const fence = 'turn' in given ? (mailbox.turns[given.turn - 1]?.operation?.fence ?? 0) : 0;
  return await call(store, sessionId, given, fence);
};
