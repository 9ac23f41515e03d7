import type { Prepared } from '../../contracts/activities.ts';
import { toMs } from '../../contracts/duration.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { schemaFaults } from '../../sandbox/json-schema.ts';
import { type StepAttempt, settled } from './attempt.ts';
import type { Source } from './evaluate.ts';
import { hashOf } from './hash.ts';
import { reuse } from './reuse.ts';

const defaultMs = 10_000;

/** Evaluates the code and seals what it returns. It reads nothing but its scope, so doing it twice does no harm. */
export const runCode = async (attempt: StepAttempt): Promise<Prepared> => {
  const { step, evaluator } = attempt;
  if (step.kind !== 'code' && step.kind !== 'map') throw new Error(`The step ${step.id} has no code`);
  const timeout = step.kind === 'map' ? step.itemTimeout : step.timeout;
  const source: Source = {
    kind: 'code',
    text: step.code ?? '',
    field: 'code',
    timeMs: timeout === undefined ? defaultMs : toMs(timeout),
  };
  const schema = step.schema ?? null;
  const hasReuse = attempt.known.run.rerunOf !== null;
  const inputHash = hashOf({ kind: 'code', code: source.text, schema, scope: await evaluator.scopeOf(source) });
  const earlier = hasReuse ? await reuse(attempt, inputHash) : undefined;
  if (earlier) return earlier;
  const output = await evaluator.evaluate(source);
  const faults = schema ? schemaFaults(schema, output, 'result') : [];
  if (faults.length > 0) {
    throw new EverturnError(
      'result_invalid',
      `Cannot take the result of ${attempt.field('code')}: it does not fit its schema (${faults.slice(0, 3).join('; ')})`,
    );
  }
  return settled(await attempt.complete(output, { inputHash }));
};
