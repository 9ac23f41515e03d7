import { InvalidArgumentError } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import { parseField } from './form-prompt.ts';

/** As they were typed. */
export type Fields = Record<string, string>;

/** For commander: `name=value`, once for each field. */
export const collectField = (value: string, fields: Fields = {}): Fields => {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new InvalidArgumentError(`"${value}" is no name=value.`);
  return { ...fields, [name]: text };
};

/** Numbers and yes or no as the question's form wants them. One that waits no more is refused by the API, whatever they are. */
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
