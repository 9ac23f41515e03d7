import type { CompactInput, CompactResult } from '../../contracts/activities.ts';
import type { ChunkBody } from '../../contracts/chunks.ts';
import type { NewEpoch, StepPlace } from '../../contracts/context/epoch.ts';
import { project } from '../../contracts/context/project.ts';
import { stepsOf } from '../../contracts/context/steps.ts';
import type { EverturnError } from '../../contracts/errors.ts';
import { type Operation, operationKey, type Seal } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { GoesOnAfter } from '../failure.ts';
import { placeIn } from '../model/chain.ts';
import type { ModelClient } from '../model/client.ts';
import { markingOf } from '../model/marks.ts';
import type { ModelAbout } from '../model/models.ts';
import { agentOf } from '../turn/agent.ts';
import { type Attempt, sealed } from '../turn/attempt.ts';
import { now, since } from '../turn/clock.ts';
import { moveOf } from '../turn/guards/move-of.ts';
import { lookAhead, type Outlook, predict } from './outlook.ts';
import { epochOrdinal, words } from './say.ts';
import { createWindows } from './windows.ts';
import { type Written, writeSummary } from './write-summary.ts';

type Target = Pick<NewEpoch, 'kind' | 'reason'> & { place: StepPlace | null; wish: string };

/** What is to be made: what a user asked for, otherwise what the plan says; null: nothing. */
const targetOf = ({ asks, asked }: StepContext, { plan, sent }: Outlook): Target | null => {
  if (asks !== 'text') {
    const last = stepsOf(sent).at(-1);
    const place = last ? { turn: last.turn, step: last.step } : null;
    return { kind: asks, place, reason: 'asked', wish: asked.replace(/^\/\w+\s*/, '') };
  }
  if (plan.kind !== 'compact') return null;
  return { kind: 'compact', place: { turn: plan.turn, step: plan.step }, reason: plan.reason, wish: '' };
};

type Job = {
  operation: Operation;
  context: StepContext;
  model: ModelClient;
  about: ModelAbout;
  outlook: Outlook;
  target: Target;
};

const write = async ({ context, model, about, outlook, target }: Job, attempt: Attempt): Promise<Written> => {
  const { place, kind, wish } = target;
  if (!place) return { failed: 'there is nothing to leave out', usage: null };
  const { sent, window, rate } = outlook;
  if (kind === 'prune') {
    const isUseful = stepsOf(sent).some(({ saved }) => saved > 0);
    return isUseful
      ? { place, summary: '', usage: null }
      : { failed: 'no result of a tool is long enough', usage: null };
  }
  const earlier = context.epochs.findLast((epoch) => epoch.kind === 'compact' && epoch.failed === null);
  return await writeSummary({ model, about, sent, place, earlier, wish, window, rate, attempt });
};

const sayOf = ({ target, model }: Job, written: Written, epoch: NewEpoch): ChunkBody => {
  if ('failed' in written) {
    const what = target.kind === 'compact' ? 'Summarising the conversation' : 'Leaving out results of tools';
    const text = `${what} failed: ${written.failed.replace(/\.$/, '')}. Nothing was changed.`;
    return { kind: 'system', label: 'notice', text };
  }
  const { before, after } = epoch.predicted;
  const lengths = `about ${words(before)} tokens became ${words(after)}. The transcript keeps everything.`;
  const text =
    target.kind === 'compact'
      ? `The conversation up to turn ${epoch.turn} is sent as a summary, written by ${model.name}: ${lengths}\n\n${epoch.summary}`
      : `Results of tools up to turn ${epoch.turn} are no longer sent: ${lengths}`;
  return { kind: 'system', label: 'compacted', text };
};

const sealOf = (job: Job, written: Written, isCancelled: boolean): Omit<Seal, 'fence'> => {
  const { operation, context, model, about, outlook, target } = job;
  const failed = 'failed' in written ? written.failed : null;
  const place = 'failed' in written ? (target.place ?? { turn: operation.turn, step: 0 }) : written.place;
  const summary = 'failed' in written || target.kind === 'prune' ? null : written.summary;
  const made = { kind: target.kind, ...place, summary, failed };
  const after = project(context.transcript, [...context.epochs, made]);
  const predicted = predict(outlook, after, about.facts.price?.value);
  const usage = written.usage?.usage ?? null;
  const epoch: NewEpoch = { ...made, id: operationKey(operation), reason: target.reason, predicted, usage };
  const ordinal = epochOrdinal(context.epoch);
  return {
    result: { isNeeded: true } satisfies CompactResult,
    chunks: [
      { ordinal, body: sayOf(job, written, epoch) },
      ...(written.usage ? [{ ordinal: ordinal + 1, body: written.usage }] : []),
    ],
    context: { epoch },
    span: {
      status: failed === null ? 'ok' : isCancelled ? 'cancelled' : 'error',
      attributes: {
        model: model.name,
        usage,
        epoch: epoch.id,
        reason: epoch.reason,
        predicted,
        ...(failed ? { message: failed } : {}),
      },
    },
    // A turn that was cancelled is settled as that.
    ...(context.asks === 'text' || isCancelled ? {} : { settle: 'completed' as const }),
  };
};

/** An operation of its own: sealed once, with its usage counted apart from the step's. */
export const createCompactContext = (dependencies: Dependencies) => {
  const { store, models, tools, turnLimits, context: settings } = dependencies;
  const windows = createWindows(store, models);

  /** Whether a failure keeps everybody from asking this model: then the step asks another one, or waits. */
  const isPassedOn = async (
    { operation, context, model }: Job,
    error: EverturnError,
    elapsedMs: number,
  ): Promise<boolean> => {
    const marking = markingOf(error, model);
    if (!marking) return false;
    const mark = await store.keys.mark(marking.mark, marking.pause, elapsedMs);
    return (
      mark !== null &&
      placeIn({ ...context, marks: [...context.marks, mark] }, models.clients, operation).model !== model.name
    );
  };

  return async ({ sessionId, turn, step, compaction }: CompactInput): Promise<CompactResult> => {
    const operation = { sessionId, turn, step, call: null, compaction };
    const context = await store.requests.step(sessionId, turn, step);
    // A session that was deleted, or a turn that has ended.
    if (!context?.isOpen) return { isNeeded: false };
    // Another attempt has made it.
    if (context.epoch !== compaction) return { isNeeded: true };
    const place = placeIn(context, models.clients, operation);
    // All keys are marked: the step waits for one.
    if (place.model === null) return { isNeeded: true };
    const model = models.get(place.model);
    const agent = agentOf(context, tools);
    const move = moveOf(context, operation, turnLimits);
    if (move.kind !== 'ask') return { isNeeded: false };
    const outlook = await lookAhead({ context, agent, at: operation, move, model }, { settings, windows });
    const target = targetOf(context, outlook);
    if (!target) return { isNeeded: false };
    const job = { operation, context, model, about: models.about(model.name), outlook, target };
    const askedAt = now();
    let isPassed = false;
    try {
      await sealed<CompactResult>(dependencies, {
        operation,
        name: model.name,
        started: { model: model.name },
        run: async (attempt) => {
          const written = await write(job, attempt);
          const { signal } = attempt;
          const error = 'error' in written && !signal.aborted ? written.error : undefined;
          if (error && (await isPassedOn(job, error, since(askedAt)))) {
            isPassed = true;
            throw error;
          }
          return sealOf(job, written, signal.aborted);
        },
        judge: () => (isPassed ? { failures: 1, goesOn: { how: 'again' } } : null),
      });
    } catch (error) {
      if (!(error instanceof GoesOnAfter)) throw error;
    }
    return { isNeeded: true };
  };
};
