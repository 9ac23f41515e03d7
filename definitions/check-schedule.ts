import { Cron } from 'croner';
import { hint, quote } from './nearest.ts';
import type { Outline } from './outline.ts';
import { isRecord } from './path.ts';
import type { Report } from './report.ts';

export const checkSchedule = ({ fields }: Outline, report: Report): void => {
  if (!isRecord(fields.schedule)) return;
  const { cron, timeZone } = fields.schedule;
  const wrongCron = typeof cron === 'string' ? cronFault(cron) : null;
  if (wrongCron) report.at(['schedule', 'cron'], `bad cron ${quote(String(cron))}: ${wrongCron}`);
  if (typeof timeZone === 'string' && !isTimeZone(timeZone)) {
    const near = hint(timeZone, Intl.supportedValuesOf('timeZone'));
    report.at(
      ['schedule', 'timeZone'],
      `unknown time zone ${quote(timeZone)}: expected a name such as Europe/Berlin${near}`,
    );
  }
};

const nicknames = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const words = /jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun/gi;

/** What both croner and a Temporal schedule read alike: five fields, no L, W or #. */
const cronFault = (cron: string): string | null => {
  if (nicknames.test(cron)) return null;
  if (cron.trim().split(/\s+/).length !== 5)
    return 'expected five fields: minute, hour, day of month, month, day of week';
  if (/[^\d\s*,/-]/.test(cron.replaceAll(words, '')))
    return 'expected numbers, names of months and days, and * , - / only';
  try {
    const next = new Cron(cron, { mode: '5-part', paused: true }).nextRun();
    return next ? null : 'no day fits it';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
};

/** Temporal is exact about capitals and knows no offsets as zones. */
const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  return /^[A-Z]/.test(name) && !isMiswritten(name);
};

const isMiswritten = (name: string): boolean => {
  const zones = Intl.supportedValuesOf('timeZone');
  return !zones.includes(name) && zones.some((zone) => zone.toLowerCase() === name.toLowerCase());
};
