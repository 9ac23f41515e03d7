import { dirname } from 'node:path';
import type { FileStep } from '../../store/file-changes.ts';

/** Upper and lower case may be the same name. */
const nameOf = (path: string): string => path.toLowerCase();

const hasAncestorIn = (path: string, names: ReadonlySet<string>): boolean => {
  for (let folder = dirname(path); folder !== '.' && folder !== dirname(folder); folder = dirname(folder)) {
    if (names.has(nameOf(folder))) return true;
  }
  return false;
};

/**
 * Steps, one for each path, in groups: those of a group may be carried out at once, one group after another. Files are
 * written before others are removed, so that one that is renamed is always there under one of its names.
 */
export const independent = (steps: readonly FileStep[]): FileStep[][] => {
  const names = new Set(steps.map(({ path }) => nameOf(path)));
  // A file in place of a folder, or the other way round: the order that they were made in counts.
  const isEntangled = names.size < steps.length || steps.some(({ path }) => hasAncestorIn(path, names));
  if (isEntangled) return steps.map((step) => [step]);
  return [steps.filter(({ after }) => after !== null), steps.filter(({ after }) => after === null)];
};
