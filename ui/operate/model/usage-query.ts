import { UsageDimension } from '../../../contracts/usage-report.ts';

/** What the usage page shows: requests of the last days, added up by this. */
export type UsageChoice = { by: UsageDimension; days: number };

export const dayChoices = [1, 7, 30, 90, 365] as const;
export const dimensionChoices = ['model', 'key', 'agent', 'flow', 'session', 'run', 'purpose', 'day'] as const;

export const readUsageChoice = (search: string): UsageChoice => {
  const query = new URLSearchParams(search);
  const by = UsageDimension.safeParse(query.get('by'));
  const days = dayChoices.find((one) => String(one) === query.get('days'));
  return { by: by.data ?? 'model', days: days ?? 30 };
};

export const addressOfUsage = ({ by, days }: UsageChoice): string => `/usage?by=${by}&days=${days}`;

/** The first day, in UTC; today is one of them. */
export const firstDay = (days: number, now: Date): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days + 1)).toISOString().slice(0, 10);

/** Every day from the first to today, with what was used on it, so that days without requests are gaps and not left out. */
export const daysFrom = (first: string, now: Date): string[] => {
  const days: string[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= now.getTime(); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};
