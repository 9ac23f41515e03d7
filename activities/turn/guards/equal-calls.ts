import { createHash } from 'node:crypto';
import type { ToolResultBody } from '../../../contracts/chunks.ts';
import { argumentsHash } from '../../tools/arguments.ts';
import type { PastCall, PastStep } from './past.ts';
import { type Guard, say, stop } from './verdict.ts';

/** Status calls, which are meant to be repeated; so are calls that waited for as long as this. */
const polls = ['script_status', 'subagent_result', 'subagent_status'];
const waitMs = 10_000;

const isPoll = ({ tool, durationMs }: ToolResultBody): boolean => polls.includes(tool) || durationMs >= waitMs;

/** A call that is made again, whatever it gives, has this many times the patience of one that gives the same again. */
const patience = 4;

/** Of bodies that are kept between the steps of a turn. */
const hashes = new WeakMap<object, string>();

const hashOf = <Body extends object>(body: Body, compute: (body: Body) => string): string => {
  const hash = hashes.get(body) ?? compute(body);
  hashes.set(body, hash);
  return hash;
};

const callOf = ({ body }: PastCall): string => hashOf(body, ({ tool, arguments: text }) => argumentsHash(tool, text));

const resultOf = (result: ToolResultBody): string =>
  hashOf(result, ({ status, text }) => createHash('sha256').update(`${status} ${text}`).digest('hex'));

type Count = { call: PastCall | null; count: number; isTold: boolean };

const none: Count = { call: null, count: 0, isTold: false };

/**
 * Calls at the end of the turn that brought nothing new: each was made before in this turn, with the same arguments and
 * the same result. So a loop over several calls is one, too, and a call that is repeated between others that are new is not.
 */
const stale = (steps: readonly PastStep[]): Count => {
  const seen = new Set<string>();
  let found = none;
  for (const { said, calls } of steps) {
    if (said.includes('calls_repeated')) found = { ...found, isTold: true };
    for (const call of calls) {
      if (!call.result || isPoll(call.result)) continue;
      const key = `${callOf(call)} ${resultOf(call.result)}`;
      // The first of them counts as well.
      found = seen.has(key) ? { ...found, call, count: Math.max(found.count, 1) + 1 } : none;
      seen.add(key);
    }
  }
  return found;
};

/** Equal calls at the end of the turn, whatever they gave. */
const inRow = (steps: readonly PastStep[]): Count => {
  let found = none;
  let last = '';
  for (const { said, calls } of steps) {
    if (said.includes('calls_repeated')) found = { ...found, isTold: true };
    for (const call of calls) {
      const key = callOf(call);
      found = key === last ? { ...found, call, count: found.count + 1 } : { call, count: 1, isTold: false };
      last = key;
    }
  }
  return found;
};

/** The same calls again and again: the model is warned, then stopped. */
export const equalCalls: Guard = (steps, { equalCalls: most }) => {
  const found = [
    { ...stale(steps), told: most, what: 'with the same arguments and the same results' },
    { ...inRow(steps), told: most * patience, what: 'with the same arguments' },
  ];
  for (const { call, count, told, what } of found) {
    if (!call || count < told * 2) continue;
    const text = `Stopped: the model made ${count} calls in a row that brought nothing new, ${what}; the last was ${call.body.tool}. Tell it what to do instead, or raise limits.equalCalls (${most}) in everturn.yaml`;
    return stop('calls_repeated', text);
  }
  for (const { call, count, told, isTold, what } of found) {
    if (!call || isTold || count < told) continue;
    const text = `You have made ${count} calls in a row ${what}; the last was ${call.body.tool}. Making them again will not help. Use what you know, try another way, or say what stops you.`;
    return say('calls_repeated', text);
  }
  return null;
};
