import type { SystemBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { ModelFailure, StepContext } from '../../store/requests.ts';
import { isFinal, type Judgement } from '../failure.ts';

/** Milliseconds. A model that asks for a longer wait is not waited for while another can be asked. */
const longestWaitMs = 20_000;
const firstPauseMs = 200;

export type Place = {
  /** The model to ask now. */
  model: string;
  isLast: boolean;
  /** Failures of this model in this step. */
  tries: number;
  /** What a reader is told of the models that were given up in this step. */
  changes: SystemBody[];
};

/**
 * The model chain of a session: the one it was given, then those its definition lists, or all, as far as they are
 * configured. When none is, the one it was given, which asking will refuse.
 */
const chainOf = ({ model, definition }: StepContext, configured: readonly string[]): [string, ...string[]] => {
  const listed = definition?.models ?? [];
  const wanted = [...new Set([model, ...(listed.length > 0 ? listed : configured)])];
  const [first = model, ...rest] = wanted.filter((name) => configured.includes(name));
  return [first, ...rest];
};

const changesOf = (givenUp: readonly ModelFailure[], model: string): SystemBody[] =>
  givenUp.map(({ message }, index) => ({
    kind: 'system',
    label: 'model-changed',
    text: `${message}. The rest of the turn goes on with the model "${givenUp[index + 1]?.model ?? model}".`,
  }));

/** Where a turn stands in the chain: a model that was given up is not asked again before the next turn. */
export const placeIn = (context: StepContext, configured: readonly string[], step: number): Place => {
  const { failures } = context;
  const chain = chainOf(context, configured);
  const givenUp = failures.filter((failure) => failure.givenUp);
  const left = chain.filter((name) => !givenUp.some(({ model }) => model === name));
  const model = left[0] ?? chain.at(-1) ?? chain[0];
  return {
    model,
    isLast: left.length <= 1,
    tries: failures.filter((failure) => failure.model === model && failure.step === step).length,
    changes: changesOf(
      givenUp.filter((failure) => failure.step === step && failure.model !== model),
      model,
    ),
  };
};

/**
 * Whether a failure of the model is its last, and what becomes of the step then. `waitSeconds`: what the last model of the
 * chain may ask to wait.
 */
export const judgeFailure = ({ isLast, tries }: Place, error: unknown, waitSeconds: number): Judgement => {
  const failures = tries + 1;
  const known = error instanceof EverturnError && error.code.startsWith('model_') ? error : undefined;
  const wait = known?.details?.retryAfterMs;
  const isLong = typeof wait === 'number' && wait > longestWaitMs;
  if (known && !isLast && (isLong || isFinal(error, failures))) {
    return { failures, goesOnInMs: 1, attributes: { givenUp: true } };
  }
  if (known && typeof wait === 'number' && wait > waitSeconds * 1000) {
    const message = `${known.message}. The wait that it asks for is longer than limits.waitSeconds (${waitSeconds}) in everturn.yaml`;
    return { failures, isFinal: true, attributes: { message } };
  }
  // The pauses of the policy go on growing over all models; these begin anew with each.
  return isFinal(error, failures) || wait !== undefined
    ? { failures }
    : { failures, goesOnInMs: Math.min(firstPauseMs * 2 ** tries, longestWaitMs) };
};
