import type { EverturnError } from '../../../contracts/errors.ts';
import type { FormField } from '../../../contracts/flow.ts';

/** One field of a form, from a JSON Schema of an object or from the form of a question. */
export type Field = {
  name: string;
  label: string;
  help: string;
  type: 'text' | 'number' | 'integer' | 'boolean' | 'choice';
  choices: string[];
  required: boolean;
  /** As it stands in the field; the empty string when there is none. */
  initial: string;
};

type Schema = Record<string, unknown>;
const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const simpleTypes: Record<string, Field['type']> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
};

const fieldOf = (name: string, schema: unknown, required: boolean): Field | null => {
  if (!isRecord(schema)) return null;
  const choices = Array.isArray(schema.enum) ? schema.enum : null;
  if (choices && !choices.every((choice) => typeof choice === 'string')) return null;
  const type = choices ? 'choice' : simpleTypes[textOf(schema.type)];
  if (type === undefined) return null;
  const { default: initial } = schema;
  return {
    name,
    label: textOf(schema.title) || name,
    help: textOf(schema.description),
    type,
    choices: (choices ?? []) as string[],
    required,
    initial: initial === undefined || initial === null ? '' : String(initial),
  };
};

/** The fields of an object of simple values; null when the schema asks for more than a form can show. */
export const fieldsOfSchema = (schema: Schema | null): Field[] | null => {
  if (!schema || textOf(schema.type) !== 'object' || !isRecord(schema.properties)) return null;
  if (['oneOf', 'anyOf', 'allOf', '$ref', 'if', 'not', 'patternProperties'].some((word) => word in schema)) return null;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(schema.properties).map(([name, it]) => fieldOf(name, it, required.includes(name)));
  return fields.every((field) => field !== null) ? fields : null;
};

export const fieldsOfForm = (form: readonly FormField[]): Field[] =>
  form.map(({ name, label = name, type, choices = [], required }) => ({
    name,
    label,
    help: '',
    type,
    choices,
    required,
    initial: '',
  }));

/** What was typed as values; an empty field is left out, so that its default or its absence counts. */
export const valuesOf = (fields: readonly Field[], typed: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      const text = typed.get(field.name) ?? '';
      if (field.type === 'boolean') return [[field.name, text === 'true']];
      if (text === '') return [];
      return [[field.name, field.type === 'number' || field.type === 'integer' ? Number(text) : text]];
    }),
  );

/** `path: what is expected`, one for each fault that the server names. */
export const faultsOf = ({ details }: EverturnError): string[] =>
  Array.isArray(details?.faults) ? details.faults.filter((fault) => typeof fault === 'string') : [];

/** Faults by the field they are of, and those of none. */
export const faultsByField = (
  faults: readonly string[],
  fields: readonly Field[],
): { of: Record<string, string>; rest: string[] } => {
  const of: Record<string, string> = {};
  const rest: string[] = [];
  for (const fault of faults) {
    const [, path = '', words = fault] = /^([^\s:]+): (.*)$/s.exec(fault) ?? [];
    const missing = /required property ["']([^"']+)["']/.exec(words)?.[1];
    const name = missing ?? path.split(/[.[\]]+/).find((part) => fields.some((field) => field.name === part));
    if (name !== undefined && fields.some((field) => field.name === name)) of[name] = missing ? 'is required' : words;
    else rest.push(fault);
  }
  return { of, rest };
};
