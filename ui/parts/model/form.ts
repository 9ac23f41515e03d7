import type { EverturnError } from '../../../contracts/errors.ts';
import type { FormField } from '../../../contracts/flow.ts';

/** One field of a form, from a JSON Schema of an object or from the form of a question. */
export type Field = {
  name: string;
  label: string;
  help: string;
  /** `json`: what no form can show, as text. */
  type: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'list' | 'group' | 'json';
  choices: string[];
  required: boolean;
  /** As it stands in the field; the empty string when there is none. Of a list: a line of JSON for each entry. */
  initial: string;
  /** Of a group. */
  fields: Field[];
  /** Of a list: what each of its entries is. */
  entry: Field | null;
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
/** Words of a schema that say more than a form can show. */
const hard = ['oneOf', 'anyOf', 'allOf', '$ref', 'if', 'not', 'patternProperties', 'prefixItems', 'const'];
const deepest = 4;

const typeOf = (schema: Schema, depth: number): Field['type'] => {
  if (hard.some((word) => word in schema) || depth > deepest) return 'json';
  if (Array.isArray(schema.enum)) return schema.enum.every((choice) => typeof choice === 'string') ? 'choice' : 'json';
  const type = textOf(schema.type);
  if (type === 'array') return isRecord(schema.items) ? 'list' : 'json';
  if (type === 'object') return isRecord(schema.properties) ? 'group' : 'json';
  return simpleTypes[type] ?? 'json';
};

const initialOf = (type: Field['type'], initial: unknown): string => {
  if (initial === undefined || initial === null) return '';
  if (type === 'list') return Array.isArray(initial) ? initial.map((one) => JSON.stringify(one)).join('\n') : '';
  return type === 'json' ? JSON.stringify(initial, null, 2) : String(initial);
};

const fieldOf = (name: string, given: unknown, required: boolean, depth: number): Field => {
  const schema = isRecord(given) ? given : {};
  const type = typeOf(schema, depth);
  return {
    name,
    label: textOf(schema.title) || name,
    help: textOf(schema.description),
    type,
    choices: type === 'choice' ? (schema.enum as string[]) : [],
    required,
    initial: initialOf(type, schema.default),
    fields: type === 'group' ? fieldsIn(schema, depth + 1) : [],
    entry: type === 'list' ? fieldOf('entry', schema.items, true, depth + 1) : null,
  };
};

const fieldsIn = (schema: Schema, depth: number): Field[] => {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(isRecord(schema.properties) ? schema.properties : {}).map(([name, it]) =>
    fieldOf(name, it, required.includes(name), depth),
  );
};

/** The fields of an object; null where the whole of it is more than a form can show. */
export const fieldsOfSchema = (schema: Schema | null): Field[] | null => {
  if (!schema || textOf(schema.type) !== 'object' || !isRecord(schema.properties)) return null;
  return hard.some((word) => word in schema) ? null : fieldsIn(schema, 0);
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
    fields: [],
    entry: null,
  }));

/** What was typed, by the path of its field: `folder`, `options.depth`, `urls.3` for an entry by its id. */
export type Typed = {
  texts: ReadonlyMap<string, string>;
  /** The entries of lists, by the path of the list, in their order. */
  entries: Readonly<Record<string, readonly string[]>>;
};

export type ReadValues = { values: Record<string, unknown>; faults: Record<string, string> };

/** What was typed as values; an empty field is left out, so that its default or its absence counts. `faults`: by path. */
export const readValues = (fields: readonly Field[], typed: Typed): ReadValues => {
  const faults: Record<string, string> = {};

  const read = (field: Field, path: string): unknown => {
    const text = typed.texts.get(path) ?? '';
    switch (field.type) {
      case 'boolean':
        return text === 'true';
      case 'group': {
        const values = readAll(field.fields, `${path}.`);
        return Object.keys(values).length === 0 && !field.required ? undefined : values;
      }
      case 'list': {
        const { entry } = field;
        const ids = typed.entries[path] ?? [];
        const values = entry
          ? ids.map((id) => read(entry, `${path}.${id}`)).filter((value) => value !== undefined)
          : [];
        return values.length === 0 && !field.required ? undefined : values;
      }
      case 'json':
        if (text.trim() === '') return undefined;
        try {
          return JSON.parse(text) as unknown;
        } catch (cause) {
          faults[path] = `is not JSON (${cause instanceof Error ? cause.message : String(cause)})`;
          return undefined;
        }
      case 'number':
      case 'integer':
        return text === '' ? undefined : Number(text);
      case 'text':
      case 'choice':
        return text === '' ? undefined : text;
    }
  };

  const readAll = (all: readonly Field[], prefix: string): Record<string, unknown> =>
    Object.fromEntries(
      all.flatMap((field): [string, unknown][] => {
        const value = read(field, `${prefix}${field.name}`);
        return value === undefined ? [] : [[field.name, value]];
      }),
    );

  return { values: readAll(fields, ''), faults };
};

/** Entries that a list begins with, as they stand in their fields. */
export const initialEntries = ({ initial, entry }: Field): string[] =>
  initial === ''
    ? []
    : initial.split('\n').map((line) => {
        if (entry?.type === 'json' || entry?.type === 'group' || entry?.type === 'list') return line;
        const value: unknown = JSON.parse(line);
        return typeof value === 'string' ? value : line;
      });

/** `path: what is expected`, one for each fault that the server names. */
export const faultsOf = ({ details }: EverturnError): string[] =>
  Array.isArray(details?.faults) ? details.faults.filter((fault) => typeof fault === 'string') : [];

/** Down the path as far as there are fields: the path of the deepest one, and what is left of the way. */
const follow = (fields: readonly Field[], steps: readonly string[]): { path: string; rest: string[] } | null => {
  const [step, ...rest] = steps;
  const field = fields.find(({ name }) => name === step);
  if (!field) return null;
  const below = follow(field.fields, rest);
  return below ? { path: `${field.name}.${below.path}`, rest: below.rest } : { path: field.name, rest };
};

/** Faults by the path of the field they are of, and those of none. */
export const faultsByField = (
  faults: readonly string[],
  fields: readonly Field[],
): { of: Record<string, string>; rest: string[] } => {
  const of: Record<string, string> = {};
  const rest: string[] = [];
  for (const fault of faults) {
    const [, path = '', words = fault] = /^([^\s:]+): (.*)$/s.exec(fault) ?? [];
    const missing = /required property ["']([^"']+)["']/.exec(words)?.[1];
    const steps = [...path.split(/[.[\]]+/).filter(Boolean), ...(missing === undefined ? [] : [missing])];
    // It begins with what the fields are of, such as `input`.
    const found = steps.map((_, at) => follow(fields, steps.slice(at))).find((one) => one !== null);
    if (!found) {
      rest.push(fault);
      continue;
    }
    const [entry] = found.rest;
    const place = entry !== undefined && /^\d+$/.test(entry) ? `entry ${Number(entry) + 1}: ` : '';
    of[found.path] = missing !== undefined && found.rest.length === 0 ? 'is required' : `${place}${words}`;
  }
  return { of, rest };
};
