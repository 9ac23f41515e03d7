import type { Decision } from './approvals.ts';
import { EverturnError } from './errors.ts';
import type { FormField } from './flow.ts';

type Fields = Readonly<Record<string, unknown>>;

const expected = ({ type, choices = [] }: FormField): string =>
  type === 'choice' ? `one of ${choices.join(', ')}` : type === 'text' ? 'a text' : `a ${type}`;

const fits = ({ type, choices = [] }: FormField, value: unknown): boolean => {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (type === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string' && (type === 'text' || choices.includes(value));
};

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** What is wrong with an answer's fields, by the name of each. Who denies need not fill in what is required. */
export const formFaults = (form: readonly FormField[], decision: Decision, fields: Fields): string[] => [
  ...form.flatMap((field) => {
    const value = fields[field.name];
    if (isMissing(value)) return field.required && decision === 'approve' ? [`${field.name}: is required`] : [];
    return fits(field, value) ? [] : [`${field.name}: expected ${expected(field)}`];
  }),
  ...Object.keys(fields)
    .filter((name) => !form.some((field) => field.name === name))
    .map((name) => `${name}: the form has no such field`),
];

/** The fields that were filled in. Throws `form_invalid` that names each field that does not fit. */
export const checkForm = (
  { id, form }: { id: string; form: readonly FormField[] },
  decision: Decision,
  fields: Fields,
): Record<string, unknown> => {
  const faults = formFaults(form, decision, fields);
  if (faults.length > 0) {
    throw new EverturnError('form_invalid', `Cannot answer ${id}: its form does not fit (${faults.join('; ')})`, {
      details: { faults },
    });
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isMissing(value)));
};
