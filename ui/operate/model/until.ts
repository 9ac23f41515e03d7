import { duration, moment } from '../../parts/model/format.ts';

const hour = 3_600_000;

/** `in 4 min 10 s`; days ahead as a moment. */
export const until = (iso: string, now: number): string => {
  const ms = Date.parse(iso) - now;
  if (ms < 1000) return 'now';
  if (ms < hour) return `in ${duration(ms)}`;
  return ms < 36 * hour ? `in ${Math.round(ms / hour)} h · ${moment(iso)}` : moment(iso);
};
