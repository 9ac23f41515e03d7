import type { PlacedChunk } from '../../contracts/chunks.ts';
import type { NewEpoch } from '../../contracts/context/epoch.ts';
import { project } from '../../contracts/context/project.ts';
import { stepKey } from '../../contracts/ids.ts';
import type { Price } from '../../contracts/price.ts';
import type { WireMessage } from '../../contracts/request.ts';
import type { Operation } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Store } from '../../store/store.ts';
import type { ModelClient } from '../model/client.ts';
import type { Attempt } from '../turn/attempt.ts';
import { type Outlook, predict } from './outlook.ts';
import { epochOrdinal, words } from './say.ts';
import { tooLong } from './too-long.ts';

/** What a request is made of, apart from what its step says itself. */
export type Prepared = {
  sent: readonly PlacedChunk[];
  messages: readonly WireMessage[];
  units: number;
  rate: number;
  window: number | null;
  /** The newest epoch in force. */
  epoch: number;
  epochKind: NewEpoch['kind'] | null;
  /** Ids of epochs that no usage has the stamp of yet. */
  stamps: string[];
};

type Options = {
  operation: Operation;
  context: StepContext;
  model: ModelClient;
  price: Price | undefined;
  outlook: Outlook;
};

/**
 * Makes the request short enough, as its plan says: a prune is written before the request is sent, so that the next attempt
 * sends the same. Throws `model_overflow` where nothing makes it fit.
 */
export const prepare = async (
  store: Pick<Store, 'context' | 'wake'>,
  { operation, context, model, price, outlook }: Options,
  { fence, supersede, signal }: Pick<Attempt, 'fence' | 'supersede' | 'signal'>,
): Promise<Prepared> => {
  const { plan, sent, messages, units, rate, window } = outlook;
  const inForce = context.epochs.filter(({ failed }) => failed === null);
  const newest = inForce.at(-1);
  const stamps = inForce.filter(({ isStamped }) => !isStamped).map(({ id }) => id);
  if (plan.kind === 'stuck') throw tooLong({ sent, units, rate, room: plan.room, model: model.name });
  if (plan.kind !== 'prune')
    return { sent, messages, units, rate, window, epoch: newest?.epoch ?? 0, epochKind: newest?.kind ?? null, stamps };

  const { sessionId, turn, step } = operation;
  const id = `${stepKey(sessionId, turn, step)}/prune/${context.epoch}`;
  const place = { turn: plan.turn, step: plan.step };
  const after = project(context.transcript, [
    ...context.epochs,
    { kind: 'prune' as const, ...place, summary: null, failed: null },
  ]);
  const predicted = predict(outlook, after, price);
  const epoch = {
    id,
    kind: 'prune',
    ...place,
    summary: null,
    reason: plan.reason,
    failed: null,
    predicted,
    usage: null,
  } as const;
  const text = `Results of tools up to turn ${place.turn} are no longer sent: about ${words(predicted.before)} tokens became ${words(predicted.after)}. The transcript keeps them.`;
  const chunk = { ordinal: epochOrdinal(context.epoch), body: { kind: 'system', label: 'compacted', text } as const };
  if (!(await store.context.add(operation, fence, epoch, [chunk]))) {
    supersede();
    signal.throwIfAborted();
  }
  store.wake(sessionId);
  return {
    sent: after,
    ...outlook.requestOf(after),
    rate,
    window,
    epoch: context.epoch + 1,
    epochKind: 'prune',
    stamps: [...stamps, id],
  };
};
