import type { ErrorCode } from '../../../contracts/errors.ts';
import type { CompiledScript } from '../../../contracts/script.ts';
import { scriptLimits } from '../../../contracts/script-limits.ts';
import type { Facts, Thrown } from './messages.ts';
import { knownPlaceIn, placeIn } from './trace.ts';

type Scripts = readonly CompiledScript[];

/** How a script has ended: its result as JSON, or why there is none. */
export type Ending = { status: 'completed'; result: string } | { status: 'failed'; code: ErrorCode; reason: string };

const failed = (code: ErrorCode, reason: string): Ending => ({ status: 'failed', code, reason });

const thrownText = ({ name, message }: Thrown): string =>
  name === '' ? `threw ${message}` : `${name === 'Error' ? '' : `${name}: `}${message || 'an error without a message'}`;

export const threw = (thrown: Thrown, scripts: Scripts): Ending =>
  failed(
    thrown.code === 'budget_spent' || thrown.code === 'script_limit' ? thrown.code : 'script_failed',
    `${thrownText(thrown)} (${placeIn(thrown.stack, scripts)})`,
  );

const fixes: Record<string, string> = {
  'a promise': 'Await it: a forgotten await gives a promise, not its value',
  'a function': 'Return JSON values only',
  'a Map': 'Return Object.fromEntries(map)',
  'a Set': 'Return [...set]',
};

export const notJson = (what: string, path: string): Ending =>
  failed(
    'script_result',
    `The script returned ${path === '' ? what : `${what} at ${path}`}. ${fixes[what] ?? 'Return JSON values only'}`,
  );

/** Thrown while its result was made JSON: a cycle, or a getter or toJSON of the script. */
export const unprintable = (thrown: Thrown): Ending =>
  failed(
    'script_result',
    /circular/i.test(thrown.message)
      ? 'The script returned a value that contains itself (a cycle). Return JSON values only'
      : `The result of the script cannot be written as JSON: ${thrownText(thrown)}`,
  );

export const tooLarge = (characters: number): Ending =>
  failed(
    'script_result',
    `The script returned ${characters} characters of JSON; at most ${scriptLimits.jsonBytes} are taken. Keep large results with artifact(name, content) and return their names`,
  );

export const unheard = (thrown: Thrown, scripts: Scripts): Ending =>
  failed(
    'script_failed',
    `A promise was rejected and nobody heard it: ${thrownText(thrown)} (${placeIn(thrown.stack, scripts)}). Await it, or catch its error`,
  );

/** A limit of the engine was reached. */
export const stopped = (reason: string, stack: string, scripts: Scripts): Ending =>
  failed('script_stopped', `${reason} (${placeIn(stack, scripts)})`);

const mostPlaces = 3;

/** Nothing that the script waits for can come any more. */
export const stuck = ({ unsettled }: Facts, scripts: Scripts): Ending => {
  const places = new Set(unsettled.split('\n\n').flatMap((stack) => knownPlaceIn(stack, scripts) ?? []));
  const [first, ...others] = [...places].slice(0, mostPlaces);
  const where =
    first === undefined
      ? ` (${placeIn('', scripts)})`
      : `: it was made at ${first}${others.length > 0 ? `, or at ${others.join(' or ')}` : ''}`;
  return failed('script_stuck', `The script waits for a promise that nothing can settle any more${where}`);
};
