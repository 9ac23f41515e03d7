import type { LiveOperation } from './view.ts';

const dayOf = (date: Date): string => date.toDateString();

/** A pause between two attempts of a model request, in the reader's own time zone. */
export const waitWords = (
  { until, code, isAsked }: NonNullable<LiveOperation['waits']>,
  now: Date = new Date(),
): string => {
  const end = new Date(until);
  const time = end.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const day = end.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
  const when = dayOf(end) === dayOf(now) ? time : `${time} on ${day}`;
  return `Waits until ${when} ${isAsked ? 'because the provider asked for it' : 'before it asks again'} (${code})`;
};
