/** Of each field every value that it allows; `any`: it is `*`, and restricts nothing. */
type Field = { values: readonly number[]; any: boolean };
type Cron = Record<'minute' | 'hour' | 'day' | 'month' | 'weekday', Field>;

type Bounds = { title: string; from: number; to: number; names?: readonly string[] };

const bounds = [
  { title: 'minute', from: 0, to: 59 },
  { title: 'hour', from: 0, to: 23 },
  { title: 'day of month', from: 1, to: 31 },
  {
    title: 'month',
    from: 1,
    to: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { title: 'day of week', from: 0, to: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const satisfies readonly Bounds[];

const nicknames: Partial<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const maxMonthLength = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const words = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun/gi;

class CronFault extends Error {}

const numberOf = (text: string, { title, from, to, names = [] as readonly string[] }: Bounds): number => {
  const named = names.indexOf(text.toLowerCase());
  const value = named >= 0 && text !== '' ? named : /^\d{1,4}$/.test(text) ? Number(text) : null;
  if (value === null)
    throw new CronFault(`${title}: expected a number${names.length > 0 ? ' or a name' : ''}, got "${text}"`);
  if (value < from || value > to) throw new CronFault(`${title}: ${value} is not between ${from} and ${to}`);
  return value;
};

const stepOf = (text: string | undefined, { title, from, to }: Bounds): number => {
  if (text === undefined) return 1;
  const step = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (step >= 1 && step <= to - from + 1) return step;
  throw new CronFault(`${title}: the step "/${text}" is not between 1 and ${to - from + 1}`);
};

/** `3`, `*` and `3-9`, these two also with `/n`. */
const rangeOf = (part: string, field: Bounds): number[] => {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) throw new CronFault(`${field.title}: "${part}" has more than one step`);
  const every = stepOf(step, field);
  const [first = '', last, ...rest] = range.split('-');
  if (rest.length > 0) throw new CronFault(`${field.title}: "${part}" is not a range`);
  const isAll = range === '*';
  if (!isAll && last === undefined && step !== undefined) {
    throw new CronFault(`${field.title}: "${part}" has a step and no end; write "${first}-${field.to}/${step}"`);
  }
  const from = isAll ? field.from : numberOf(first, field);
  // Sunday is 0 and 7. `*` counts it once.
  const highest = field.to === 7 ? 6 : field.to;
  let to = isAll ? highest : last === undefined ? from : numberOf(last, field);
  if (field.to === 7 && last !== undefined && to === 0 && from > 0) to = 7;
  if (from > to && last !== undefined) {
    throw new CronFault(`${field.title}: "${part}" runs backwards; write "${first}-${field.to},${field.from}-${last}"`);
  }
  const values: number[] = [];
  for (let value = from; value <= Math.max(from, to); value += every) values.push(value);
  return values;
};

const fieldOf = (text: string, field: Bounds): Field => {
  const values = text.split(',').flatMap((part) => rangeOf(part, field));
  const folded = field.to === 7 ? values.map((value) => value % 7) : values;
  return { values: [...new Set(folded)].toSorted((a, b) => a - b), any: text === '*' };
};

const fieldsOf = (text: string): Cron => {
  const parts = (nicknames[text.trim()] ?? text).trim().split(/\s+/);
  if (parts.length !== bounds.length)
    throw new CronFault('expected five fields: minute, hour, day of month, month, day of week');
  if (/[^\d\s*,/-]/.test(parts.join(' ').replaceAll(words, '')))
    throw new CronFault('expected numbers, names of months and days, and * , - / only');
  const [minute, hour, day, month, weekday] = parts.map((part, place) => fieldOf(part, bounds[place] as Bounds));
  return { minute, hour, day, month, weekday } as Cron;
};

const hasDate = ({ day, month }: Cron): boolean =>
  month.values.some((one) => day.values.some((number) => number <= (maxMonthLength[one] ?? 0)));

/** What is wrong with a cron expression; null: nothing, and a day comes that fits it. */
export const cronFault = (text: string): string | null => {
  try {
    const cron = fieldsOf(text);
    // With both days given either is enough, and each weekday comes in each month.
    return hasDate(cron) || !cron.weekday.any ? null : 'no day fits it: none of its months has such a day';
  } catch (error) {
    if (error instanceof CronFault) return error.message;
    throw error;
  }
};

const listed = ({ values, any }: Field): string => (any ? '*' : values.join(','));

/**
 * The same moments in expressions that hold nothing but `*` and numbers, of which each engine has one reading. Where both
 * days are given either is enough, as POSIX has it; Temporal wants both, so there are two expressions then. Throws for
 * what {@link cronFault} refuses.
 */
export const plainCrons = (text: string): string[] => {
  const cron = fieldsOf(text);
  const { minute, hour, day, month, weekday } = cron;
  const timesOf = (days: string, weekdays: string) =>
    [listed(minute), listed(hour), days, listed(month), weekdays].join(' ');
  if (day.any || weekday.any) return [timesOf(listed(day), listed(weekday))];
  const byWeekday = timesOf('*', listed(weekday));
  return hasDate(cron) ? [timesOf(listed(day), '*'), byWeekday] : [byWeekday];
};
