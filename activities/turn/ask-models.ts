import type { StepResult } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError, isErrorCode } from '../../contracts/errors.ts';
import type { StoredMark } from '../../store/keys.ts';
import type { Operation } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import { type CheckNote, createCheckAfterWrite } from '../check/check-after-write.ts';
import { lookAhead, type Outlook } from '../context/outlook.ts';
import { isToCompact, judgeOverflow, learning } from '../context/overflowed.ts';
import { prepare } from '../context/prepare.ts';
import { createWindows } from '../context/windows.ts';
import type { Dependencies } from '../dependencies.ts';
import { GoesOnAfter, isFinal, type Judgement } from '../failure.ts';
import { type ChainPlace, placeIn, restOf } from '../model/chain.ts';
import type { ModelClient } from '../model/client.ts';
import { configNews } from '../model/config-news.ts';
import { markingOf, saidBy } from '../model/marks.ts';
import { toolNews } from '../tools/extensions.ts';
import type { SessionAgent } from './agent.ts';
import { type Outcome, sealed } from './attempt.ts';
import { type Moment, now, since } from './clock.ts';
import type { Move } from './guards/decide.ts';
import { createModelRequest } from './model-request.ts';

const firstPauseMs = 200;
const maxPauseMs = 20_000;

type Asked = {
  operation: Operation;
  context: StepContext;
  /** Reads the context again, after a failure. */
  reread(): Promise<StepContext>;
  agent: SessionAgent;
  restedMs: number;
  /** Without a summary before. */
  asIs: boolean;
  move: Extract<Move, { kind: 'ask' }>;
};

/** `context`: as the next attempt knows it. */
type Judged = { judgement: Judgement; context: StepContext };

type Answered =
  /** `bodies`: the calls of a reply that this attempt has sealed. */
  | (Outcome<StepResult> & { bodies: readonly ToolCallBody[] | null })
  | Extract<StepResult, { outcome: 'resting' | 'compact' }>;

const attempted = async <Result>(work: () => Promise<Result>): Promise<Result | null> => {
  try {
    return await work();
  } catch {
    return null;
  }
};

/** What a check says goes behind what a guard says. */
const withNote = <M extends Asked['move']>(move: M, { told }: CheckNote): M => {
  if (!told) return move;
  return { ...move, say: move.say ? { ...move.say, text: `${move.say.text}\n\n${told.text}` } : told };
};

const isOfModel = (error: unknown): error is EverturnError =>
  error instanceof EverturnError && error.code.startsWith('model_');

const withMark = (marks: readonly StoredMark[], mark: StoredMark): StoredMark[] => [
  ...marks.filter(({ key, model }) => key !== mark.key || model !== mark.model),
  mark,
];

const codeOf = ({ code }: StoredMark) => (isErrorCode(code) ? code : 'model_keys_marked');

/**
 * Asks the models of a session's chain, one after another, until one answers. A failure that gives one up is recorded, and
 * its key marked for everybody; then the next one is asked within the same activity: Temporal takes a second for a retry.
 */
export const createAskModels = (dependencies: Dependencies) => {
  const { store, models, context: settings, allKeysMarked, waitSeconds, configChanges } = dependencies;
  const request = createModelRequest(dependencies);
  const checkAfterWrite = createCheckAfterWrite(dependencies);
  const windows = createWindows(store, models);
  const limits = { allKeysMarked, waitSeconds };

  /** What becomes of the step after a failure, and what the next attempt knows of it. */
  const judge = async (
    { operation, context, restedMs }: Asked,
    model: string,
    error: unknown,
    askedAt: Moment,
  ): Promise<Judged> => {
    const { step } = operation;
    const client = models.clients.find(({ name }) => name === model);
    const tries = context.failures.filter(
      (failure) => failure.model === model && failure.step === step && !failure.overflow,
    ).length;
    const failures = tries + 1;
    if (!isOfModel(error) || !client) return { judgement: { failures }, context };
    const marking = markingOf(error, client);
    const mark = marking && (await store.keys.mark(marking.mark, marking.pause, since(askedAt)));
    const isMarked = mark !== null && mark.leftMs > 0;
    const givenUp = isMarked || isFinal(error, failures);
    const said = saidBy(error);
    const failure = { step, model, givenUp, isMarked, message: error.message, said, code: error.code };
    const known = {
      ...context,
      failures: [...context.failures, failure],
      marks: mark ? withMark(context.marks, mark) : context.marks,
    };
    const attributes = { said, code: error.code, ...(givenUp ? { givenUp } : {}), ...(isMarked ? { isMarked } : {}) };
    if (!givenUp) {
      const isTold = error.details?.retryAfterMs !== undefined;
      const pause = isTold ? {} : { goesOnInMs: Math.min(firstPauseMs * 2 ** tries, maxPauseMs) };
      return { judgement: { failures, ...pause, attributes }, context: known };
    }
    const place = placeIn(known, models.clients, operation);
    if (place.model !== null) return { judgement: { failures, goesOn: { how: 'again' }, attributes }, context: known };
    return { judgement: { failures, ...resting(place, restedMs, error, attributes) }, context: known };
  };

  const resting = (
    place: ChainPlace,
    restedMs: number,
    error: EverturnError,
    attributes: Record<string, unknown>,
  ): Pick<Judgement, 'goesOn' | 'isFinal' | 'attributes'> => {
    const rest = restOf(place, limits, restedMs, error);
    return 'error' in rest
      ? { isFinal: true, attributes: { ...attributes, message: rest.error.message } }
      : { goesOn: { how: 'rest', forMs: rest.forMs, isAsked: rest.mark.isTold }, attributes };
  };

  /** An attempt without a request: it only shows what the step waits for, or why it fails. */
  const askNobody = async ({ operation, restedMs }: Asked, place: ChainPlace): Promise<Outcome<StepResult>> => {
    const rest = restOf(place, limits, restedMs, null);
    const error =
      'error' in rest ? rest.error : new EverturnError(codeOf(rest.mark), `The key "${rest.mark.key}" is marked`);
    const [{ name }] = place.members;
    return await sealed<StepResult>(dependencies, {
      operation,
      name,
      started: { model: name },
      run: () => Promise.reject(error),
      judge: () => ({
        failures: 0,
        attributes: { isUnasked: true },
        ...('error' in rest
          ? { isFinal: true }
          : { goesOn: { how: 'rest', forMs: rest.forMs, isAsked: rest.mark.isTold } }),
      }),
    });
  };

  return async (asked: Asked): Promise<Answered> => {
    const { operation, agent, move, asIs } = asked;
    let { context } = asked;
    const news = configNews(configChanges, context.previous);
    for (;;) {
      const place = placeIn(context, models.clients, operation);
      const { model } = place;
      let bodies: readonly ToolCallBody[] | null = null;
      const askedAt = now();
      try {
        if (model === null) return { ...(await askNobody({ ...asked, context }, place)), bodies };
        const known = context;
        const look = (client: ModelClient, said = move): Promise<Outlook> =>
          lookAhead({ context: known, agent, at: operation, move: said, model: client }, { settings, windows });
        // What keeps it from being made is a failure of the attempt.
        const outlook = context.isOpen ? await attempted(() => look(models.get(model))) : null;
        if (outlook && !asIs && isToCompact(context, outlook, operation)) {
          return { outcome: 'compact', compaction: context.epoch };
        }
        let units = 0;
        const outcome = await sealed<StepResult>(dependencies, {
          operation,
          name: model,
          started: { model },
          run: async (attempt) => {
            const isLast = move.isLast;
            const note = await checkAfterWrite({ operation, workspace: known.workspace, isLast }, attempt);
            const said = withNote(move, note);
            const client = models.get(model);
            const price = models.about(model).facts.price?.value;
            const ahead = outlook && !note.told ? outlook : await look(client, said);
            const prepared = await prepare(
              store,
              { operation, context: known, model: client, price, outlook: ahead },
              attempt,
            );
            units = prepared.units;
            const asking = request(
              {
                operation,
                context: known,
                place: {
                  ...place,
                  model,
                  notices: [
                    ...news.notices,
                    ...toolNews(context.previous, agent.tools),
                    ...note.shown,
                    ...place.notices,
                  ],
                },
                agent,
                configId: news.id,
                move: said,
                prepared,
              },
              attempt,
            );
            const { bodies: calls, ...seal } = await learning(asking, { windows, model: client, prepared });
            bodies = calls;
            return seal;
          },
          judge: async (error) => {
            const judged =
              judgeOverflow(error, { units, context: known, model, step: operation.step }) ??
              (await judge({ ...asked, context: known }, model, error, askedAt));
            context = judged.context;
            return judged.judgement;
          },
        });
        await noteAnswer(context, model, since(askedAt));
        return { ...outcome, bodies };
      } catch (error) {
        if (!(error instanceof GoesOnAfter)) throw error;
        if (error.next.how === 'rest') return { outcome: 'resting', forMs: error.next.forMs };
        // The attempt may have left out results before its request.
        const { failures, marks } = context;
        context = { ...(await asked.reread()), failures, marks };
      }
    }
  };

  /** A key that has answered starts over: the pause after its next failure is the first one. */
  async function noteAnswer({ marks }: StepContext, model: string, elapsedMs: number): Promise<void> {
    const key = models.clients.find(({ name }) => name === model)?.key.name;
    if (key === undefined || !marks.some((mark) => mark.key === key)) return;
    await store.keys.answered(key, model, elapsedMs);
  }
};
