import type { Definitions } from './definitions.ts';
import { readText } from './read-text.ts';

/** The text of the flow or script that a name means now, with or without faults; null when there is none or it cannot be read. */
export const currentSource = (definitions: Definitions, name: string): string | null => {
  const found = [...definitions.flows(), ...definitions.scripts()].find((one) => one.name === name);
  const text = found ? readText(found.file) : null;
  return text && 'source' in text ? text.source : null;
};
