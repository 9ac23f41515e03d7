import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { inexactNumber } from '../../contracts/exact-json.ts';
import { quote } from './text.ts';

/** Some models write nothing where a call has no arguments; others write an object as a text that holds it. */
const parseJson = (raw: string): unknown => {
  if (raw.trim() === '') return {};
  const value: unknown = JSON.parse(raw);
  return typeof value === 'string' && /^\s*\{/.test(value) ? JSON.parse(value) : value;
};

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
};

/** Canonical JSON: no spaces, keys sorted at every depth. Throws a SyntaxError on malformed JSON. */
export const normaliseArguments = (raw: string): string => JSON.stringify(sortKeys(parseJson(raw)));

/** What an approval is bound to: SHA-256 (hex) over the tool's name and the canonical arguments, or the raw text of malformed ones. */
export const argumentsHash = (tool: string, raw: string): string => {
  let canonical: string;
  try {
    canonical = normaliseArguments(raw);
  } catch {
    canonical = raw;
  }
  return createHash('sha256').update(`${tool}\n${canonical}`).digest('hex');
};

type Parameters = { name: string; parameters: z.ZodObject };

const describeIssue = (parameters: z.ZodObject, issue: z.core.$ZodIssue): string => {
  const field = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return `${field || 'the arguments'}: ${issue.message}`;
  const known = Object.keys(parameters.shape).join(', ');
  return `${[field, issue.keys.join(', ')].filter(Boolean).join('.')}: no such argument, there are ${known}`;
};

/** The arguments by the tool's own schema. Throws `tool_arguments` that names the tool, each field and what was expected. */
export const checkArguments = <S extends z.ZodObject>(
  { name, parameters }: { name: string; parameters: S },
  value: unknown,
): z.output<S> => {
  const parsed = parameters.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describeIssue(parameters, issue)).join('; ');
  throw new EverturnError('tool_arguments', `Cannot call ${name}: ${faults}`);
};

/** From the text the model wrote. Throws `tool_arguments`. */
export const parseArguments = (tool: Parameters, raw: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = parseJson(raw);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot call ${tool.name}: its arguments ${quote(raw, 80)} are not valid JSON (${reason}); send one JSON object`;
    throw new EverturnError('tool_arguments', message, { cause });
  }
  const fault = inexactNumber('', raw);
  if (fault) throw new EverturnError('tool_arguments', `Cannot call ${tool.name}: ${fault}`);
  return checkArguments(tool, value);
};
