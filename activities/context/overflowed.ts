import { isAfter } from '../../contracts/context/epoch.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Judgement } from '../failure.ts';
import type { ModelClient } from '../model/client.ts';
import { saidBy } from '../model/marks.ts';
import type { Outlook } from './outlook.ts';
import { overflowOf } from './overflow.ts';
import type { Prepared } from './prepare.ts';
import type { Windows } from './windows.ts';

/** Requests of one step that a provider may refuse as too long: each is shorter than the one before. */
const maxOverflows = 12;
/** Epochs that one step may make. */
const maxEpochs = 24;

type At = { turn: number; step: number };

const madeAt = ({ epochs }: StepContext, at: At): number =>
  epochs.filter(({ made }) => !isAfter(made, at) && !isAfter(at, made)).length;

/** Whether a summary comes before the request: a user asks for it, or the request would be too long without. */
export const isToCompact = (context: StepContext, { plan }: Pick<Outlook, 'plan'>, at: At): boolean => {
  const made = madeAt(context, at);
  return context.asks === 'text' ? plan.kind === 'compact' && made < maxEpochs : made === 0;
};

/** Remembers for the model what a refusal says of its window. */
export const learning = async <Result>(
  asking: Promise<Result>,
  { windows, model, prepared }: { windows: Windows; model: ModelClient; prepared: Prepared },
): Promise<Result> => {
  try {
    return await asking;
  } catch (error) {
    const overflow = overflowOf(error);
    if (overflow) {
      const { limit } = overflow;
      const tokens = prepared.units * prepared.rate * 0.95;
      await windows.learn(model, limit ?? tokens, limit !== null);
    }
    throw error;
  }
};

/**
 * What becomes of a step whose request was too long: it is made shorter, and sent again. Null: the failure is another.
 * `units`: of the request that was sent; 0: none was.
 */
export const judgeOverflow = (
  error: unknown,
  { units, context, model, step }: { units: number; context: StepContext; model: string; step: number },
): { judgement: Judgement; context: StepContext } | null => {
  const said = units > 0 ? overflowOf(error) : null;
  const before = context.failures.filter((failure) => failure.step === step && failure.overflow).length;
  if (!said || before >= maxOverflows) return null;
  const overflow = { units, ...said };
  const message = error instanceof Error ? error.message : String(error);
  const failure = { step, model, givenUp: false, isMarked: false, message, said: saidBy(error), code: null, overflow };
  return {
    judgement: {
      failures: before + 1,
      goesOn: { how: 'again' },
      attributes: { said: failure.said, overflow },
    },
    context: { ...context, failures: [...context.failures, failure] },
  };
};
