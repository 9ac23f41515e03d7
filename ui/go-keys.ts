import { composes } from './parts/enter.ts';
import { prefix } from './parts/keys.ts';
import { writes } from './shortcuts.ts';

/** After G. */
const places: Readonly<Record<string, string>> = {
  s: '/sessions',
  r: '/runs',
  i: '/inbox',
  c: '/schedules',
  u: '/usage',
  h: '/health',
  ',': '/settings',
};

/** The page that two keys ask for: G, and within a moment the letter of the page. Undefined: they ask for none. */
export const placeOf = (event: KeyboardEvent): string | undefined => {
  if (event.ctrlKey || event.metaKey || event.altKey || composes(event) || writes(event.composedPath()[0]))
    return undefined;
  const key = event.key.toLowerCase();
  const place = prefix.isOpen(event) ? places[key] : undefined;
  prefix.at = key === 'g' ? event.timeStamp : null;
  return place;
};
