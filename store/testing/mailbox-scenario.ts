import { expect } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import type { WhenBusy } from '../../contracts/events.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { Accepted } from '../messages.ts';
import { beginNode, endNode, endSubagent, type HeldSession } from './mailbox-sessions.ts';
import type { World } from './mailbox-world.ts';

export type Sent = { id: string; sessionId: string; whenBusy: WhenBusy };

/** The answers that people got to their messages. */
export type Told = { accepted: Sent[]; rejected: Sent[] };

const isRefused = (error: unknown, code: string): boolean => error instanceof EverturnError && error.code === code;

/** Sends a message, perhaps twice at the same time, again after its acknowledgement was lost, or with another text. */
export const send = async (world: World, told: Told, sent: Sent): Promise<void> => {
  const { sessionId, id, whenBusy } = sent;
  const accept = async (text = id): Promise<Accepted | 'busy' | null> => {
    try {
      return await world.unlessDeleted(sessionId, world.process().messages.accept({ id, sessionId, text, whenBusy }));
    } catch (error) {
      if (isRefused(error, 'session_busy')) return 'busy';
      throw error;
    }
  };
  const answers = await Promise.all(world.chance(0.2) ? [accept(), accept()] : [accept()]);
  if (answers.includes(null)) return;
  if (answers.every((answer) => answer === 'busy')) {
    told.rejected.push(sent);
    return;
  }
  told.accepted.push(sent);
  if (world.chance(0.3)) answers.push(await accept());
  if (world.chance(0.2)) {
    const refused = await accept('another text').catch((error: unknown) => isRefused(error, 'idempotency_mismatch'));
    expect(refused === null || refused === true, 'another text under the same id is refused').toBe(true);
  }
  for (const answer of answers) {
    if (answer === null || answer === 'busy') continue;
    await world.hand(sessionId, answer.starts?.turn ?? null);
  }
};

/** Where its holder died it left this turn, which must not begin any more. */
type Held = { left: number | null };

const take = async (world: World, { id }: HeldSession, release: boolean): Promise<number | null> => {
  const taken = await world.unlessDeleted(id, world.process().messages.take(id, { release }));
  if (!world.chance(0.2)) return taken;
  const again = await world.unlessDeleted(id, world.process().messages.take(id, { release }));
  if (!world.deleted.has(id)) expect(again, 'taken again').toBe(taken);
  return again;
};

/** As a child: its parent settles it where it was ended from outside. */
const runChild = async (world: World, { id }: HeldSession, turn: number): Promise<void> => {
  expect(world.workflows.has(turnWorkflowId(id, turn)), 'a turn of a held session was started by somebody else').toBe(
    false,
  );
  await world.launch(id, turn);
  await world.unlessDeleted(id, world.settle(id, turn, 'failed'));
};

/** A step of a flow. Its holder dies in the middle, or ends when no message waits. */
export const holdAsNode = async (world: World, told: Told, session: HeldSession): Promise<Held> => {
  const { id } = session;
  const first = { id: `${id}/prompt`, sessionId: id, text: `${id}/prompt`, whenBusy: 'enqueue' as const };
  if (await world.unlessDeleted(id, world.process().messages.accept(first))) told.accepted.push(first);
  let left: number | null = null;
  for (let release = false; ; release = true) {
    left = await take(world, session, release);
    await beginNode(world.process(), session);
    if (left === null || world.dies(0.15)) break;
    await runChild(world, session, left);
    left = null;
    if (world.dies(0.1)) break;
  }
  await endNode(world.process(), session, left === null ? 'completed' : 'cancelled');
  return { left };
};

/** A background agent, which tells its parent how it ended. */
export const holdAsSubagent = async (world: World, told: Told, session: HeldSession): Promise<Held> => {
  const { id, promptId, parentId } = session;
  told.accepted.push({ id: promptId ?? '', sessionId: id, whenBusy: 'enqueue' });
  let left: number | null = null;
  let how: 'completed' | 'crashed' = 'completed';
  for (;;) {
    left = await take(world, session, false);
    if (left === null || world.dies(0.15)) how = 'crashed';
    if (how === 'crashed') break;
    if (left !== null) await runChild(world, session, left);
    left = null;
    if (world.dies(0.1)) how = 'crashed';
    if (how === 'crashed') break;
    const { status, starts } = await endSubagent(world.process(), session, how);
    if (status === 'more') continue;
    await world.hand(parentId ?? '', starts?.turn ?? null);
    break;
  }
  const { starts } = await endSubagent(world.process(), session, how);
  await world.hand(parentId ?? '', starts?.turn ?? null);
  told.accepted.push({ id: `subagent/${session.subagentId}/end`, sessionId: parentId ?? '', whenBusy: 'enqueue' });
  return { left };
};
