import type { CompactedSession, Session, SessionContext } from '../../contracts/api.ts';
import type { EpochKind } from '../../contracts/context/epoch.ts';
import { preview } from '../../contracts/context/preview.ts';
import { project } from '../../contracts/context/project.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { turnId } from '../../contracts/ids.ts';
import type { Act } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import type { ApiContext } from '../context.ts';

export const readContext = async (store: Store, session: Session): Promise<SessionContext> => {
  const last = await store.context.last(session.id);
  return {
    model: last?.model ?? session.model,
    predicted: last?.predicted ?? null,
    reported: last?.usage?.input ?? null,
    window: last?.window ?? null,
    epochs: await store.context.epochs(session.id),
  };
};

type Wish = { session: Session; kind: EpochKind; instructions: string | undefined };

const previewOf = async (store: Store, { session, kind }: Wish) => {
  const epochs = await store.context.epochs(session.id);
  const sent = project(await store.chunks.transcript(session.id), epochs);
  return preview({ kind, sent, last: await store.context.last(session.id), epochs });
};

/** What it would cost, and nothing else. */
export const previewCompaction = async (store: Store, wish: Wish): Promise<CompactedSession> => ({
  messageId: null,
  turnId: null,
  predicted: await previewOf(store, wish),
});

/**
 * Asks for an epoch of the context: a message of its own kind, so that it waits for its turn, survives what dies, and is
 * cancelled as any other. Throws `session_busy` for the session of a run's step.
 */
export const askForCompaction = async (
  { store, delivery }: Pick<ApiContext, 'store' | 'delivery'>,
  wish: Wish,
  { id, by }: { id: string; by: Act },
): Promise<CompactedSession> => {
  const { session, kind, instructions } = wish;
  if (session.runId !== null) {
    const why = `it belongs to run ${session.runId}, whose agents are compacted at their marks. Set context in everturn.yaml`;
    throw new EverturnError('session_busy', `Cannot compact session ${session.id}: ${why}`);
  }
  const predicted = await previewOf(store, wish);
  const text = `/${kind}${instructions ? ` ${instructions}` : ''}`;
  const turn = await delivery.message({ id, sessionId: session.id, text, whenBusy: 'enqueue', kind }, { by });
  return { messageId: id, turnId: turn === null ? null : turnId(session.id, turn), predicted };
};
