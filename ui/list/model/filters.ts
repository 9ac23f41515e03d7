import type { RunFilter } from '../../../contracts/runs.ts';

export type ListName = 'sessions' | 'runs';

/** What narrows a list, as its address has it: `?status=failed&model=sonnet`. */
export type Filters = Readonly<Record<string, string>>;

const runStates: readonly RunFilter[] = ['running', 'waiting', 'queued', 'paused', 'completed', 'failed', 'cancelled'];

/** What each list can be narrowed by, and the values it takes; null: any text. */
export const filterValues: Readonly<Record<ListName, Readonly<Record<string, readonly string[] | null>>>> = {
  sessions: {
    q: null,
    status: ['running', 'waiting', 'idle', 'failed'],
    model: null,
    agent: null,
    archived: ['true'],
  },
  runs: {
    q: null,
    status: runStates,
    kind: ['flow', 'script'],
    trigger: ['manual', 'schedule', 'webhook', 'flow', 'agent'],
    flow: null,
    model: null,
  },
};

const longest = 200;

/** The filters that an address names. `faults`: what of it cannot be used, in words. */
export const readFilters = (list: ListName, search: string): { filters: Filters; faults: string[] } => {
  const known = filterValues[list];
  const filters: Record<string, string> = {};
  const faults: string[] = [];
  for (const [name, value] of new URLSearchParams(search)) {
    const values = known[name];
    if (values === undefined) faults.push(`There is no filter "${name}". Use ${Object.keys(known).join(', ')}`);
    else if (value === '') continue;
    else if (name in filters) faults.push(`The filter "${name}" is given twice. The first one counts`);
    else if (values !== null && !values.includes(value))
      faults.push(`The filter "${name}" has no value "${value}". Use ${values.join(', ')}`);
    else if (value.length > longest) faults.push(`The filter "${name}" has more than ${longest} characters`);
    else filters[name] = value;
  }
  return { filters, faults };
};

/** In one order, so that equal filters have equal addresses. Empty without any. */
export const writeFilters = (list: ListName, filters: Filters): string => {
  const query = new URLSearchParams();
  for (const name of Object.keys(filterValues[list])) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
};

export const withFilter = (filters: Filters, name: string, value: string): Filters => {
  const others = Object.fromEntries(Object.entries(filters).filter(([other]) => other !== name));
  return value === '' ? others : { ...others, [name]: value };
};

export const addressOfList = (list: ListName, filters: Filters = {}): string =>
  `/${list}${writeFilters(list, filters)}`;
