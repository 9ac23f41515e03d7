import { type ListName, readFilters, writeFilters } from './filters.ts';

/** Filters under a name. */
export type View = { list: ListName; name: string; search: string };

/** What every list offers from the beginning. */
export const builtInViews: readonly View[] = [
  { list: 'sessions', name: 'All', search: '' },
  { list: 'sessions', name: 'Waiting', search: '?status=waiting' },
  { list: 'sessions', name: 'Running', search: '?status=running' },
  { list: 'sessions', name: 'Failed', search: '?status=failed' },
  { list: 'sessions', name: 'Archived', search: '?archived=true' },
  { list: 'runs', name: 'All', search: '' },
  { list: 'runs', name: 'Waiting', search: '?status=waiting' },
  { list: 'runs', name: 'Running', search: '?status=running' },
  { list: 'runs', name: 'Failed', search: '?status=failed' },
  { list: 'runs', name: 'Scheduled', search: '?trigger=schedule' },
];

const maxViews = 50;
const maxNameLength = 40;

/** Equal filters are equal views, however their address was written. */
export const canonicalSearch = (list: ListName, search: string): string =>
  writeFilters(list, readFilters(list, search).filters);

export const viewsOf = (saved: readonly View[], list: ListName): View[] => [
  ...builtInViews.filter((view) => view.list === list),
  ...saved.filter((view) => view.list === list),
];

export const isShown = (view: View, search: string): boolean => view.search === canonicalSearch(view.list, search);

/** One of the same name is replaced. Text: why the view cannot be saved. */
export const addView = (saved: readonly View[], { list, name, search }: View): View[] | string => {
  const trimmed = name.trim();
  if (trimmed === '') return 'Cannot save the view: give it a name';
  if (trimmed.length > maxNameLength) return `Cannot save the view: its name has more than ${maxNameLength} characters`;
  if (builtInViews.some((view) => view.list === list && view.name.toLowerCase() === trimmed.toLowerCase()))
    return `Cannot save the view as "${trimmed}": this view is built in. Choose another name`;
  const others = removeView(saved, { list, name: trimmed });
  if (others.length >= maxViews) return `Cannot save the view: ${maxViews} views are saved. Remove one first`;
  return [...others, { list, name: trimmed, search: canonicalSearch(list, search) }];
};

export const removeView = (saved: readonly View[], { list, name }: Pick<View, 'list' | 'name'>): View[] =>
  saved.filter((view) => view.list !== list || view.name !== name);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What the browser has kept. Anything else that stands there is left out. */
export const viewsFrom = (value: unknown): View[] =>
  (Array.isArray(value) ? value : [])
    .flatMap((one: unknown): View[] => {
      if (!isRecord(one)) return [];
      const { list, name, search } = one;
      if ((list !== 'sessions' && list !== 'runs') || typeof name !== 'string' || typeof search !== 'string') return [];
      return name.trim() === '' || name.length > maxNameLength
        ? []
        : [{ list, name, search: canonicalSearch(list, search) }];
    })
    .slice(0, maxViews);
