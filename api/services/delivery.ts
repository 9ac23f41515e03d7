import { isWithinCall } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Run } from '../../contracts/runs.ts';
import type { Act } from '../../store/audit.ts';
import type { NewMessage } from '../../store/messages.ts';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';

/** Commits what people ask for, and brings it to the workflows. What it fails to bring, it brings again later. */
export const createDelivery = (store: Store, gateway: Gateway, { scriptRuns }: { scriptRuns: () => number }) => {
  /**
   * Commits a message, then starts the turn that reads it, or notifies the one that it interrupts. Returns the number of its
   * turn; null while it waits. Throws what `store.messages.accept` does: then the message does not exist.
   */
  const message = async (row: NewMessage, options: { isOurs?: boolean; by?: Act } = {}): Promise<number | null> => {
    const { turn, starts, cancels } = await store.messages.accept(row, options);
    store.wake(row.sessionId);
    if (starts !== null) await unlessAway(gateway.startTurn(starts));
    if (cancels !== null) await unlessAway(gateway.cancelTurn(await store.turns.running(row.sessionId, cancels)));
    return turn;
  };

  /** Asks the turn that runs to end. Returns its number; null when none runs. */
  const cancel = async (sessionId: string, by?: Act): Promise<number | null> => {
    const running = await store.act(
      by,
      ({ turns }) => turns.cancel(sessionId),
      (cancelled) => cancelled !== null,
    );
    if (running !== null) await unlessAway(gateway.cancelTurn(running));
    return running?.turn ?? null;
  };

  const approval = async (id: string): Promise<void> => {
    const row = await store.approvals.find(id);
    if (!row) return;
    if (!isWithinCall(row)) await gateway.answer(row, await store.turns.running(row.sessionId, row.turn));
    await store.approvals.delivered(id);
  };

  const question = async (id: string): Promise<void> => {
    const row = await store.questions.find(id);
    if (!row) return;
    await gateway.notifyAnswered(row.node);
    await store.questions.delivered(id);
  };

  /** Confirmed by the run's first activity. */
  const run = (row: Pick<Run, 'id' | 'kind' | 'name'>): Promise<void> => gateway.startRun(row);

  /**
   * Starts the queued runs of scripts that have a slot now. One that cannot be started keeps none of the others, and is
   * started later.
   */
  const admitRuns = async (): Promise<void> => {
    const admitted = await store.runQueue.admit(scriptRuns());
    for (const { id } of admitted) store.wakeRun(id);
    await Promise.allSettled(admitted.map(run));
  };

  /** Turns that wait for a key look again, each at the first key it may ask. */
  const keysCleared = async (): Promise<void> => {
    for (const turn of await store.turns.resting()) await unlessAway(gateway.keyCleared(turn));
  };

  return { message, keysCleared, cancel, approval, question, run, admitRuns };
};

export type Delivery = ReturnType<typeof createDelivery>;

/** The row is stored: if Temporal cannot be notified now, the background rounds do so. */
export const unlessAway = async <Result>(delivering: Promise<Result>): Promise<Result | null> => {
  try {
    return await delivering;
  } catch (error) {
    if (error instanceof EverturnError && error.code === 'temporal_unavailable') return null;
    throw error;
  }
};
