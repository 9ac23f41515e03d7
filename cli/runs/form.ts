import { InvalidArgumentError } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import type { FormField } from '../../contracts/flow.ts';
import { formFaults } from '../../contracts/form.ts';
import { visibleInLine } from '../../contracts/shown.ts';
import type { Ask } from '../turn/approver.ts';

const words: Record<string, boolean> = { y: true, yes: true, true: true, n: false, no: false, false: false };

/** What was typed, as the form wants it; text that fits no other type stays text, and is refused by the form. */
export const parseField = (type: FormField['type'] | undefined, text: string): unknown => {
  if (type === 'number' && text.trim() !== '') {
    const number = Number(text);
    return Number.isNaN(number) ? text : number;
  }
  if (type === 'boolean') return words[text.trim().toLowerCase()] ?? text;
  return text;
};

const questionOf = ({ name, label, type, choices, required }: FormField): string => {
  const kind = type === 'choice' ? (choices ?? []).join(' | ') : type === 'boolean' ? 'y or n' : type;
  return `${visibleInLine(`${label ?? name} (${kind}${required ? '' : ', may be empty'})`)}: `;
};

/** Asks for each field until it fits. Null when the question was taken back. */
export const askForm = async (
  form: readonly FormField[],
  ask: Ask,
  signal: AbortSignal,
): Promise<Record<string, unknown> | null> => {
  const fields: Record<string, unknown> = {};
  for (const field of form) {
    let hint = '';
    while (true) {
      const line = await ask(`${hint}${questionOf(field)}`, signal);
      if (line === null) return null;
      const value = line.trim() === '' ? undefined : parseField(field.type, line.trim());
      const [fault] = formFaults([field], 'approve', value === undefined ? {} : { [field.name]: value });
      if (!fault) {
        if (value !== undefined) fields[field.name] = value;
        break;
      }
      hint = `${visibleInLine(fault)}. `;
    }
  }
  return fields;
};

/** As they were typed. */
export type Fields = Record<string, string>;

/** For commander: `name=value`, once for each field. */
export const collectField = (value: string, fields: Fields = {}): Fields => {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new InvalidArgumentError(`"${value}" is not name=value.`);
  return { ...fields, [name]: text };
};

/** Numbers and yes or no as the question's form wants them. One that no longer waits is refused by the API, whatever they are. */
export const typedFields = async (
  api: ApiClient,
  questionId: string,
  fields: Fields,
): Promise<Record<string, unknown>> => {
  if (Object.keys(fields).length === 0) return {};
  const { questions } = await api.listApprovals();
  const form = questions.find(({ id }) => id === questionId)?.form ?? [];
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [
      name,
      parseField(form.find((field) => field.name === name)?.type, text),
    ]),
  );
};
