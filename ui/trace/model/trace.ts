import type { Span } from '../../../contracts/api.ts';
import { isUndeclared, Prefix } from '../../../contracts/prefix.ts';
import { addUsage, noUsage, type Usage, type UsageTotals } from '../../../contracts/usage.ts';
import { count } from '../../parts/model/format.ts';

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The usage that a model's span carries; null when the provider said nothing. */
export const usageOf = (span: Span): Usage | null => {
  const { usage } = span.attributes;
  if (span.kind !== 'model' || typeof usage !== 'object' || usage === null) return null;
  const fields = usage as Record<string, unknown>;
  const amount = (name: string): number => (isNumber(fields[name]) ? fields[name] : 0);
  return {
    input: amount('input'),
    output: amount('output'),
    cacheRead: amount('cacheRead'),
    cacheWrite: amount('cacheWrite'),
    reasoning: amount('reasoning'),
    cost: isNumber(fields.cost) ? fields.cost : null,
    ...(fields.isEstimated === true ? { isEstimated: true as const } : {}),
  };
};

/** What a turn used: requests that ended well; the usage of given-up attempts counts for nobody. */
export const turnUsage = (spans: readonly Span[]): UsageTotals & { tools: number } => {
  const usages = spans.filter(({ status }) => status === 'ok').flatMap((span) => usageOf(span) ?? []);
  const tools = new Set(spans.filter(({ kind }) => kind === 'tool').map(({ step, call }) => `${step}/${call}`)).size;
  return { ...usages.reduce(addUsage, noUsage), tools };
};

/** From the first start to the last end; null without spans. */
export const timeOf = (spans: readonly Span[]): number | null =>
  spans.length === 0
    ? null
    : Math.max(...spans.map(({ endedAt }) => Date.parse(endedAt))) -
      Math.min(...spans.map(({ startedAt }) => Date.parse(startedAt)));

export const timeToFirstToken = (span: Span): number | null => {
  const value = span.attributes.timeToFirstTokenMs;
  return isNumber(value) ? value : null;
};

/** How a request stands to the one before it: null where it extends it, or is the first. */
export const prefixBreak = ({ kind, attributes }: Span): { words: string; isFault: boolean } | null => {
  const parsed = Prefix.safeParse(attributes.prefix);
  if (kind !== 'model' || !parsed.success || parsed.data.extends || parsed.data.previous === null) return null;
  const { break: broken } = parsed.data;
  const again = broken ? ` · ${count(broken.reread)} tokens read again` : '';
  return isUndeclared(parsed.data)
    ? { words: `prefix broken${broken?.chunk ? ` at chunk ${broken.chunk.seq}` : ''}${again}`, isFault: true }
    : { words: `${broken?.reason ?? 'break'}${again}`, isFault: false };
};
