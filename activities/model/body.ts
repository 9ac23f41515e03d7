import type { Effort } from '../../contracts/flow.ts';
import type { ModelClientOptions } from './connect.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { Facts } from './words.ts';

const effortOf = (dialect: Dialect, effort: Effort): Facts =>
  dialect.effort?.(effort) ?? { reasoning_effort: effort === 'max' ? 'xhigh' : effort };

type Options = Pick<ModelClientOptions, 'model' | 'maxTokens' | 'temperature' | 'body'>;

/** Tokens that a request asks for as the most of its reply, however everturn.yaml says it; 0: it says none. */
export const maxReplyOf = (fields: Facts): number => {
  const { max_tokens, max_completion_tokens } = fields;
  return Math.max(0, ...[max_tokens, max_completion_tokens].filter((value) => typeof value === 'number'));
};

/** The fields of a request beside its tools and messages; those of everturn.yaml have the last word. */
export const fieldsOf = (
  { model, maxTokens, temperature, body }: Options,
  dialect: Dialect,
  effort: Effort | undefined,
): Facts & { model: string } => ({
  model,
  ...(effort === undefined ? {} : effortOf(dialect, effort)),
  ...(maxTokens === undefined ? {} : { [dialect.maxTokens ?? 'max_tokens']: maxTokens }),
  ...(temperature === undefined ? {} : { temperature }),
  stream: true,
  stream_options: { include_usage: true },
  ...body,
});

/** The field that holds a reply to so many tokens, where everturn.yaml allows more. */
export const limitOf = (fields: Facts, dialect: Dialect, most: number | undefined): Facts => {
  const own = maxReplyOf(fields);
  if (most === undefined || (own > 0 && own <= most)) return {};
  return { [dialect.maxTokens ?? 'max_tokens']: most };
};
