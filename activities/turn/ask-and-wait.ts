import { setTimeout as delay } from 'node:timers/promises';
import type { Approval } from '../../contracts/approvals.ts';
import type { AskedWithin } from '../../store/approvals.ts';
import type { Dependencies } from '../dependencies.ts';
import { failed } from '../tools/failed.ts';
import type { Attempt } from './attempt.ts';

const lookMs = 300;

/**
 * Asks people in the middle of an attempt, and waits for the answer. It is a row like every approval; an attempt that comes
 * later waits for the same one. Throws `tool_failed` when the turn ends, and the reason of either signal.
 */
export const askAndWait = async (
  { store }: Pick<Dependencies, 'store'>,
  asked: AskedWithin,
  attempt: Pick<Attempt, 'signal' | 'hold'>,
  signal: AbortSignal = attempt.signal,
): Promise<Approval> => {
  await attempt.hold();
  let approval = await store.approvals.askWithinCall(asked);
  store.wake(asked.sessionId);
  const either = AbortSignal.any([attempt.signal, signal]);
  while (approval?.status === 'pending') {
    await delay(lookMs, undefined, { signal: either }).catch(() => undefined);
    either.throwIfAborted();
    approval = await store.approvals.find(asked.id);
  }
  if (approval?.status !== 'answered') throw failed('the turn has ended');
  return approval;
};
