import { cronFault } from '../../contracts/cron.ts';
import { hint, quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import { isRecord } from '../path.ts';
import type { Report } from '../report.ts';

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
