import { errorTable } from '../../contracts/errors.ts';
import type { SubagentOutcome } from '../../contracts/subagents.ts';
import type { Store } from '../../store/store.ts';

const cancelled: SubagentOutcome = { status: 'cancelled', code: 'subagent_cancelled', reason: null, result: null };

const crashed = (reason: string): SubagentOutcome => ({
  status: 'crashed',
  code: 'subagent_crashed',
  reason,
  result: null,
});

/** How a session that has nothing more to do has ended: as its last turn did. */
const ofLastTurn = async (store: Store, sessionId: string): Promise<SubagentOutcome> => {
  const turn = await store.turns.last(sessionId);
  if (!turn || turn.status === 'running') return crashed('Its session was ended from outside before it had replied');
  if (turn.status === 'cancelled') return cancelled;
  if (turn.status === 'completed') {
    return { status: 'completed', code: null, reason: null, result: await store.requests.lastText(sessionId) };
  }
  const code = turn.code ?? 'internal';
  if (code === 'turn_terminated') return crashed(`Turn ${turn.turn} of its session was ended from outside`);
  const reason = (await store.spans.whyFailed(sessionId, turn.turn)) ?? errorTable[code].meaning;
  return { status: 'failed', code, reason, result: null };
};

export const outcomeOf = async (
  store: Store,
  sessionId: string | null,
  how: 'ended' | 'cancelled' | 'crashed',
): Promise<SubagentOutcome> => {
  if (how === 'cancelled') return cancelled;
  if (sessionId === null) return { ...cancelled, reason: 'Its session was deleted' };
  if (how === 'crashed') return crashed('Its session was ended from outside');
  return await ofLastTurn(store, sessionId);
};
