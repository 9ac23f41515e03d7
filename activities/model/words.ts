/** The envelopes in which providers and gateways put an error, and what it says. */

import { parseJson } from '../../contracts/parse-json.ts';

export type Facts = Record<string, unknown>;

export const asFacts = (value: unknown): Facts => (typeof value === 'object' && value !== null ? (value as Facts) : {});

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

/** An error may be wrapped in a list, or quoted as JSON within the text of another. */
const unwrap = (value: unknown): unknown => {
  if (Array.isArray(value) && value.length === 1) return unwrap(value[0]);
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parseJson(value);
  return isFacts(parsed) ? unwrap(parsed) : value;
};

/**
 * A refusal without what it quotes of the request: checks of the form of a request repeat each value that they refuse, and the
 * words of a conversation say nothing of the refusal.
 */
export const withoutEcho = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return value.replaceAll(/, input_value=.*?, input_type=\w+/gs, '');
  if (!isFacts(value) || depth > 6) return value;
  if (Array.isArray(value)) return value.map((each) => withoutEcho(each, depth + 1));
  const isFault = value.msg !== undefined && value.loc !== undefined;
  const entries = Object.entries(value).filter(([name]) => !isFault || !['input', 'ctx'].includes(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutEcho(inner, depth + 1)]));
};

const envelopes = ['error', 'errors', 'fault', 'base_resp'] as const;

const texts = [
  'message',
  'msg',
  'detail',
  'details',
  'error_description',
  'error_msg',
  'error_message',
  'errorMessage',
  'status_msg',
  'faultstring',
  'description',
  'reason',
  'title',
] as const;

const successWords: readonly unknown[] = [0, '0', 200, '200', 'ok', 'OK', 'success', ''];

/** MiniMax and its like put a status into each answer; it is an error when it is not 0. */
const isFailed = (value: unknown): boolean => {
  const { status_code } = asFacts(value);
  return status_code === undefined || !successWords.includes(status_code);
};

const isPresent = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== '' &&
  !(Array.isArray(value) && value.length === 0);

const innermost = (value: unknown, depth = 0): unknown => {
  const error = unwrap(value);
  if (!isFacts(error) || depth > 4) return error;
  const envelope = envelopes.find((name) => isPresent(error[name]) && error[name] !== true);
  if (envelope) return innermost(error[envelope], depth + 1);
  const message = unwrap(error.message);
  return isFacts(message) && !Array.isArray(message) ? innermost(message, depth + 1) : error;
};

const failed: readonly unknown[] = ['error', 'failed', 'failure', 'fail', 'FAILED', 'ERROR'];

/** Whether an event, or a whole answer, that has no part of a reply in it is an error. */
export const isError = (value: unknown): boolean => {
  const event = unwrap(value);
  if (!isFacts(event)) return false;
  if (isPresent(event.error) || isPresent(event.errors) || isPresent(event.fault)) return true;
  if (isFacts(event.base_resp) && isFailed(event.base_resp)) return true;
  if (Array.isArray(event.choices)) return false;
  const says = texts.some((name) => typeof event[name] === 'string' && event[name] !== '');
  if (failed.includes(event.object) || failed.includes(event.type) || failed.includes(event.status)) return true;
  if (event.success === false) return true;
  if (isPresent(event.error_code) || isPresent(event.errorCode)) return true;
  if (typeof event.detail === 'string' || Array.isArray(event.detail)) return true;
  const code = event.code ?? event.status ?? event.statusCode ?? event.status_code;
  return says && code !== undefined && code !== null && !successWords.includes(code);
};

/** The error itself, without what it is wrapped in. */
export const errorIn = (value: unknown): Facts => {
  const error = innermost(value);
  return isFacts(error) ? error : { message: error };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** What OpenRouter passes on of the provider behind it, whose words say more than its own. */
const passedOn = ({ metadata }: Facts): string => {
  const { raw } = asFacts(metadata);
  if (raw === undefined || raw === null || raw === '') return '';
  const inner = innermost(raw);
  return `: ${isFacts(inner) ? saidBy(inner) : textOf(inner)}`;
};

/** What a provider says went wrong, in its own words. */
export const saidBy = (value: unknown): string => {
  const error = innermost(value);
  if (!isFacts(error)) return textOf(error);
  const name =
    texts.find((each) => typeof error[each] === 'string' && error[each] !== '') ??
    texts.find((each) => isPresent(error[each]));
  const said = name ? error[name] : undefined;
  if (typeof said === 'string') return `${said}${passedOn(error)}`;
  return textOf(said ?? error);
};
