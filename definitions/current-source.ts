import type { Definitions } from './definitions.ts';

/**
 * The text of the flow or script that a name means now, with or without faults; null when there is none or it cannot be
 * read. `file`: where it was, for a script that was started by its path and no folder has.
 */
export const currentSource = (definitions: Definitions, name: string, file?: string): string | null => {
  const found = [...definitions.flows(), ...definitions.scripts()].find((one) => one.name === name);
  const place = found?.file ?? file;
  const text = place === undefined ? null : definitions.text(place);
  return text && 'source' in text ? text.source : null;
};
