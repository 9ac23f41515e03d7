import { z } from 'zod';
import type { AskedQuestion } from '../../../../contracts/permissions/question.ts';
import { failed } from '../../failed.ts';
import { quote } from '../../text.ts';
import { plainText } from '../plain-text.ts';

const maxFields = 20;
const maxChoices = 50;
const leaveOut = '(leave out)';
const leaveOutText = '-';

const Option = z.object({ const: z.string(), title: z.string().optional() });
const Choices = {
  enum: z.array(z.string()).optional(),
  oneOf: z.array(Option).optional(),
  anyOf: z.array(Option).optional(),
};
const Field = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  format: z.string().optional(),
  enumNames: z.array(z.string()).optional(),
  items: z.object(Choices).optional(),
  ...Choices,
});
type Field = z.infer<typeof Field>;

/** What a server asks for: a flat object, as MCP allows. */
const RequestedSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

export type Value = string | number | boolean | string[];

/** One question to a person, and what its answer means. */
export type FormField = {
  name: string;
  question: AskedQuestion;
  /** `undefined`: left out. Throws what is wrong with the answer. */
  read(answer: unknown): Value | undefined;
};

type Kind = Pick<FormField, 'read'> & { question: Omit<AskedQuestion, 'question'> };

const optionsOf = (
  field: Pick<Field, 'enum' | 'oneOf' | 'anyOf' | 'enumNames'>,
): { value: string; label: string }[] | null => {
  const titled = field.oneOf ?? field.anyOf;
  if (titled) return titled.map((one) => ({ value: one.const, label: one.title ?? one.const }));
  return field.enum?.map((value, index) => ({ value, label: field.enumNames?.[index] ?? value })) ?? null;
};

const formats: Record<string, RegExp> = {
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\S+$/,
};

const readText = (
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, format = '' }: Field,
  text: string,
): string => {
  const { length } = [...text];
  if (length < minLength) throw failed(`expected at least ${minLength} characters`);
  if (length > maxLength) throw failed(`expected at most ${maxLength} characters`);
  if (formats[format]?.test(text) === false) throw failed(`expected a text of the form ${format}`);
  return text;
};

const readNumber = ({ type, minimum, maximum }: Field, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || (type === 'integer' && !Number.isSafeInteger(value)))
    throw failed(type === 'integer' ? 'expected a whole number' : 'expected a number');
  if (minimum !== undefined && value < minimum) throw failed(`expected at least ${minimum}`);
  if (maximum !== undefined && value > maximum) throw failed(`expected at most ${maximum}`);
  return value;
};

const unique = (options: readonly { value: string; label: string }[]): { value: string; label: string }[] => {
  const seen = new Set<string>();
  return options.map(({ value, label }) => {
    let shown = plainText(label, 200) || quote(value, 100);
    while (seen.has(shown)) shown = `${shown} (${quote(value, 100)})`;
    seen.add(shown);
    return { value, label: shown };
  });
};

const choiceOf = (options: readonly { value: string; label: string }[], isMany: boolean, isRequired: boolean): Kind => {
  if (options.length === 0 || options.length > maxChoices) throw failed(`expected 1 to ${maxChoices} choices`);
  const shown = unique(options);
  const meaningOf = (label: unknown): string => {
    const found = shown.find((one) => one.label === label);
    if (!found) throw failed('expected one of the choices');
    return found.value;
  };
  return {
    question: {
      kind: isMany ? 'choices' : 'choice',
      choices: [...shown.map(({ label }) => label), ...(isRequired ? [] : [leaveOut])],
    },
    read: (answer) => {
      const given = [answer].flat();
      if (given.includes(leaveOut)) return undefined;
      return isMany ? given.map(meaningOf) : meaningOf(given[0]);
    },
  };
};

const severalOf = ({ items = {}, minItems = 0, maxItems = maxChoices }: Field, isRequired: boolean): Kind => {
  const { question, read } = choiceOf(optionsOf(items) ?? [], true, isRequired);
  return {
    question,
    read: (answer) => {
      const given = read(answer);
      if (!Array.isArray(given)) return given;
      if (given.length < minItems) throw failed(`expected at least ${minItems}`);
      if (given.length > maxItems) throw failed(`expected at most ${maxItems}`);
      return given;
    },
  };
};

const kindOf = (field: Field, isRequired: boolean): Kind => {
  const options = optionsOf(field);
  if (field.type === 'array') return severalOf(field, isRequired);
  if (field.type === 'string' && options) return choiceOf(options, false, isRequired);
  if (field.type === 'boolean') {
    const { question, read } = choiceOf(
      [
        { value: 'yes', label: 'yes' },
        { value: 'no', label: 'no' },
      ],
      false,
      isRequired,
    );
    return {
      question,
      read: (answer) => {
        const word = read(answer);
        return word === undefined ? undefined : word === 'yes';
      },
    };
  }
  return {
    question: { kind: 'text', choices: [] },
    read: (answer) => {
      const text = String(answer).trim();
      if (!isRequired && text === leaveOutText) return undefined;
      return field.type === 'string' ? readText(field, text) : readNumber(field, text);
    },
  };
};

const wordsOf = (name: string, field: Field, isRequired: boolean): string => {
  const label = plainText(field.title ?? name, 200);
  const about = plainText(field.description ?? '', 500);
  const proposed = ['string', 'number', 'boolean'].includes(typeof field.default)
    ? ` Proposed: ${plainText(String(field.default), 200)}.`
    : '';
  const optional =
    isRequired || field.type === 'boolean' || field.type === 'array' || optionsOf(field)
      ? ''
      : ` Answer ${leaveOutText} to leave it out.`;
  return `${label}${about ? `: ${about}` : ''}${proposed || optional ? '.' : ''}${proposed}${optional}`.replace(
    '..',
    '.',
  );
};

/** A form as questions to a person, one after the other. Throws `tool_failed` for what MCP does not allow. */
export const questionsOf = (schema: unknown): FormField[] => {
  const parsed = RequestedSchema.safeParse(schema);
  if (!parsed.success) throw failed('its form is not a flat object');
  const { properties, required } = parsed.data;
  const names = Object.keys(properties);
  if (names.length > maxFields) throw failed(`its form has ${names.length} fields; ${maxFields} are allowed`);
  return names.map((name) => {
    const field = Field.safeParse(properties[name]);
    if (!field.success) throw failed(`the field ${quote(name, 80)} is not of a kind that MCP allows`);
    const isRequired = required.includes(name);
    const { question, read } = kindOf(field.data, isRequired);
    return { name, read, question: { ...question, question: wordsOf(name, field.data, isRequired) } };
  });
};
