import { z } from 'zod';
import { Usage, UsageTotals } from './usage.ts';
import { NotedLength, requestPurposes } from './usage-chunk.ts';

/**
 * By what requests are added up. Days are those of UTC; `run` and `flow` (a flow or a script) are null for sessions of no
 * run; `purpose` is `reply`, `compaction` or `sampling`.
 */
export const usageDimensions = ['day', 'model', 'key', 'agent', 'flow', 'session', 'run', 'purpose'] as const;
export const UsageDimension = z.enum(usageDimensions);
export type UsageDimension = z.infer<typeof UsageDimension>;

/** A day, or a moment. */
const From = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const UsageQuery = z.object({
  by: z
    .string()
    .max(100)
    .refine(
      (text) => text.split(',').every((word) => UsageDimension.safeParse(word).success),
      `${usageDimensions.join(', ')}, or several with commas`,
    )
    .default('day')
    .describe('What to add up by: one dimension, or several with commas, such as `day,model`.'),
  from: From.optional().describe('Only requests from this moment on. A day begins at midnight UTC.'),
  to: From.optional().describe('Only requests before this moment.'),
  session: z.string().max(200).optional(),
  run: z.string().max(200).optional().describe('Only this run, with the background agents of its agents.'),
  format: z.enum(['json', 'csv']).default('json'),
});

export const UsageRow = UsageTotals.omit({ last: true, dropped: true }).extend({
  /** The value of each dimension that was asked for; null: it has none, or a release before this one did not keep it. */
  of: z.partialRecord(UsageDimension, z.string().nullable()),
  /** Where sessions were asked for, the title; for runs, the name of the flow or script. Null for what was deleted. */
  title: z.string().nullable().optional(),
});
export type UsageRow = z.infer<typeof UsageRow>;

/** Most tokens first; days in order. `isCut`: there are more rows than these. */
export const UsageReport = z.object({
  rows: z.array(UsageRow),
  total: UsageTotals.omit({ last: true, dropped: true }),
  isCut: z.boolean(),
});
export type UsageReport = z.infer<typeof UsageReport>;

/** One request to a model: the length that was noted before it, and the usage that followed. */
export const UsagePair = z.object({
  id: z.int().positive(),
  at: z.iso.datetime(),
  turn: z.int().positive(),
  step: z.int().nonnegative(),
  model: z.string(),
  key: z.string().nullable(),
  purpose: z.enum(requestPurposes),
  /** Null for requests of releases that noted none. */
  noted: NotedLength.nullable(),
  usage: Usage,
});
export type UsagePair = z.infer<typeof UsagePair>;

/** In the order of the requests. */
export const UsagePairPage = z.object({ requests: z.array(UsagePair), nextCursor: z.string().nullable() });
export type UsagePairPage = z.infer<typeof UsagePairPage>;

export const UsagePairQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200).describe('How many entries a page has at most.'),
});

const numbers = [
  'requests',
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'reasoning',
  'cost',
  'estimated',
  'unpriced',
] as const;

/** A spreadsheet takes a cell that begins with one of these for a formula. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text);

const cell = (value: string | number | null): string => {
  if (value === null) return '';
  const text = typeof value === 'string' && isFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180. An unknown cost is an empty cell. */
export const usageCsv = (by: readonly UsageDimension[], { rows }: UsageReport): string =>
  [
    [...by, ...numbers].join(','),
    ...rows.map((row) =>
      [...by.map((name) => row.of[name] ?? null), ...numbers.map((name) => row[name])].map(cell).join(','),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('');
