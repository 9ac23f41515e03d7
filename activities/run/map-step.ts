import type { Concluded, Prepared } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { type FanOut, itemKind, toGraph } from '../../contracts/graph.ts';
import { emptyTally, joined, type Tally } from '../../contracts/join.ts';
import { type StepAttempt, settled } from './attempt.ts';

const maxItems = 100_000;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** Its own limits and join, or those of its batch group. */
const fanOutOf = ({ known, step }: StepAttempt): FanOut => {
  const graph = known.flow && toGraph(known.flow);
  const fanOut = graph?.steps.find(({ id }) => id === step.id)?.items?.fanOut;
  if (!fanOut) throw new Error(`The step ${step.id} does not map`);
  return fanOut;
};

export const prepareMap = async (attempt: StepAttempt): Promise<Prepared> => {
  const { store, stepRef, step, evaluator, field } = attempt;
  if (step.kind !== 'map') throw new Error(`The step ${step.id} does not map`);
  const items = await evaluator.evaluate({ kind: 'expression', text: step.items, field: 'items' });
  if (!Array.isArray(items)) {
    const given = items === null ? 'nothing (null)' : `${typeof items} (${shown(items)})`;
    const advice = items === null ? '. If it may be missing, end the expression with ?? []' : '';
    throw new EverturnError(
      'items_invalid',
      `Cannot map over ${field('items')}: it gives ${given}, not an array${advice}`,
    );
  }
  if (items.length > maxItems) {
    throw new EverturnError(
      'items_invalid',
      `Cannot map over ${field('items')}: it gives ${items.length} items; at most ${maxItems} are taken`,
    );
  }
  const { join } = fanOutOf(attempt);
  const wanted = join === 'any' ? 1 : typeof join === 'number' ? join : 0;
  // Before anything is paid for.
  if (items.length < wanted) {
    throw new EverturnError(
      'items_invalid',
      `Cannot map over ${field('items')}: it gives ${counted(items.length, 'item')}, and the join needs ${wanted} to complete`,
    );
  }
  await store.nodes.putItems(stepRef.runId, step.id, itemKind(step), items);
  const status = await attempt.put({ status: 'running', total: items.length, code: null, reason: null });
  return status === 'running' ? { outcome: 'work', work: { kind: 'items', count: items.length } } : settled(status);
};

/** Why a join of items was not met. */
const unmet = (join: FanOut['join'], { completed, bad }: Tally, total: number): string =>
  typeof join === 'number' || join === 'any'
    ? `${completed} of ${counted(total, 'item')} completed, and the join needs ${join === 'any' ? 1 : join}`
    : `${bad} of ${counted(total, 'item')} did not complete`;

/** The results in the order of the items, null for one that has none. */
export const concludeMap = async (attempt: StepAttempt): Promise<Concluded> => {
  const { store, stepRef, step } = attempt;
  const fanOut = fanOutOf(attempt);
  const { outputs, failures, tally } = await store.nodes.gather(stepRef.runId, step.id, fanOut.rest === 'cancel');
  const whole: Tally = { ...emptyTally(outputs.length), ...tally };
  const end = joined(fanOut, whole) ?? 'failed';
  if (end === 'skipped') {
    return { outcome: 'settled', status: await attempt.put({ status: 'skipped', reason: 'Every item was skipped' }) };
  }
  if (end === 'completed') return settled(await attempt.complete(outputs)) as Concluded;
  const listed = failures.map(({ index, status, reason }) => `${index} (${reason ?? status})`);
  const more = tally.bad > failures.length ? `, and ${tally.bad - failures.length} more` : '';
  const reason = `${unmet(fanOut.join, whole, outputs.length)}: ${listed.join(', ')}${more}`;
  return {
    outcome: 'settled',
    status: await attempt.put({ status: 'failed', code: 'join_failed', reason, output: outputs }),
  };
};
