import type { ErrorCode } from '../../../contracts/errors.ts';
import { type CompiledScript, scriptLimits } from '../../../contracts/script.ts';
import type { Facts, Thrown } from './messages.ts';
import { placeIn } from './trace.ts';

/** How a script has ended: its result as JSON, or why there is none. */
export type Ending = { status: 'completed'; result: string } | { status: 'failed'; code: ErrorCode; reason: string };

const failed = (code: ErrorCode, reason: string): Ending => ({ status: 'failed', code, reason });

const thrownText = ({ name, message }: Thrown): string =>
  name === '' ? `threw ${message}` : `${name === 'Error' ? '' : `${name}: `}${message || 'an error without a message'}`;

export const threw = (thrown: Thrown, script: CompiledScript): Ending =>
  failed(
    thrown.code === 'budget_spent' || thrown.code === 'script_limit' ? thrown.code : 'script_failed',
    `${thrownText(thrown)} (${placeIn(thrown.stack, script)})`,
  );

const fixes: Record<string, string> = {
  'a promise': 'Await it: a forgotten await gives a promise, not its value',
  'a function': 'Return JSON values only',
  'a Map': 'Return Object.fromEntries(map)',
  'a Set': 'Return [...set]',
};

export const notJson = (what: string, key: string): Ending =>
  failed(
    'script_result',
    `The script returned ${key === '' ? what : `${what} at ${JSON.stringify(key)}`}. ${fixes[what] ?? 'Return JSON values only'}`,
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

export const unheard = (thrown: Thrown, script: CompiledScript): Ending =>
  failed(
    'script_failed',
    `A promise was rejected and nobody heard it: ${thrownText(thrown)} (${placeIn(thrown.stack, script)}). Await it, or catch its error`,
  );

/** Nothing that the script waits for can come any more. */
export const stuck = ({ unsettled }: Facts, script: CompiledScript): Ending =>
  failed(
    'script_stuck',
    unsettled === null
      ? `The script waits for a promise that nothing can settle any more (${script.file})`
      : `The script waits for a promise that nothing can settle any more: it was made at ${placeIn(unsettled, script)}`,
  );
