import type { ErrorCode } from '../../../contracts/errors.ts';
import type { CompiledScript } from '../../../contracts/script.ts';
import { scriptLimits } from '../../../contracts/script-limits.ts';
import type { AgentCount, Facts, Thrown } from './messages.ts';
import { adviceOn } from './not-defined.ts';
import { knownPlaceIn, placeIn } from './trace.ts';

type Scripts = readonly CompiledScript[];

const maxPlaces = 3;

/** How a script has ended: its result as JSON, or why there is none. */
export type Ending =
  | { status: 'completed'; result: string }
  /** `result`: what it returned all the same. */
  | { status: 'failed'; code: ErrorCode; reason: string; result?: string };

const failed = (code: ErrorCode, reason: string) => ({ status: 'failed' as const, code, reason });

const thrownText = ({ name, message }: Thrown): string => {
  if (name === '') return `threw ${message}`;
  return `${name === 'Error' ? '' : `${name}: `}${message || 'an error without a message'}${adviceOn(name, message)}`;
};

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
  'a BigInt': 'Return String(value)',
};

export const notJson = (what: string, path: string, script: CompiledScript): Ending => {
  const place = returnOf(script, path);
  return failed(
    'script_result',
    `The script returned ${path === '' ? what : `${what} at ${path}`}${place === null ? '' : ` (${place})`}. ${fixes[what] ?? 'Return JSON values only'}`,
  );
};

/** Where the value at this path of the result was returned, as far as the source tells. */
const returnOf = ({ file, returns = [] }: CompiledScript, path: string): string | null => {
  const [first = ''] = path.split(/[.[]/);
  const holding = returns.filter(({ keys }) => keys?.includes(first));
  const unknown = returns.filter(({ keys }) => keys === null);
  const likely = holding.length > 0 ? holding : unknown.length > 0 ? unknown : returns;
  const places = likely.slice(0, maxPlaces).map(({ line, column }) => `${file}:${line}:${column}`);
  return places.length === 0 ? null : places.join(' or ');
};

/** Thrown while its result was made JSON: by a getter or toJSON of the script. */
export const unprintable = (thrown: Thrown): Ending =>
  failed('script_result', `The result of the script cannot be written as JSON: ${thrownText(thrown)}`);

/** `agents`: null where it makes no difference whether any ran. */
export const returned = (json: string, agents: AgentCount | null): Ending => {
  if (json.length > scriptLimits.jsonBytes) return tooLarge(json.length);
  if (agents === null || agents.tried === 0 || agents.lost < agents.tried) return { status: 'completed', result: json };
  const reason = `0 of ${agents.tried} agents ran: ${agents.why}. The result is kept; to take such a run as completed, start it with --allow-empty (allowEmpty: true)`;
  return { ...failed('no_agent_ran', reason), result: json };
};

const tooLarge = (characters: number): Ending =>
  failed(
    'script_result',
    `The script returned ${characters} characters of JSON; at most ${scriptLimits.jsonBytes} are taken. Keep large results with artifact(name, content) and return their names`,
  );

export const unheard = (thrown: Thrown, scripts: Scripts): Ending =>
  failed(
    'script_failed',
    `A promise was rejected and the error was not caught: ${thrownText(thrown)} (${placeIn(thrown.stack, scripts)}). Await it, or catch its error`,
  );

/** A limit of the engine was reached. */
export const stopped = (reason: string, stack: string, scripts: Scripts): Ending =>
  failed('script_stopped', `${reason} (${placeIn(stack, scripts)})`);

/** Nothing that the script waits for can come any more. */
export const stuck = ({ unsettled }: Facts, scripts: Scripts): Ending => {
  const places = new Set(unsettled.split('\n\n').flatMap((stack) => knownPlaceIn(stack, scripts) ?? []));
  const [first, ...others] = [...places].slice(0, maxPlaces);
  const where =
    first === undefined
      ? ` (${placeIn('', scripts)})`
      : `: it was made at ${first}${others.length > 0 ? `, or at ${others.join(' or ')}` : ''}`;
  return failed('script_stuck', `The script waits for a promise that nothing can settle any more${where}`);
};
