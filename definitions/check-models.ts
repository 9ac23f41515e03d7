import { hint, nearest, quote } from './nearest.ts';
import type { Named } from './outline.ts';
import type { Report } from './report.ts';

/**
 * The models that an agent's file lists: the first that is configured is asked, so a file that serves several projects may
 * list names of others. What looks like a slip of a configured name is none of those, nor may all of them be unknown.
 */
export const checkModels = (named: readonly Named[], configured: readonly string[], report: Report): void => {
  const isNoneKnown = named.every(({ name }) => !configured.includes(name));
  for (const { name, path } of named) {
    if (configured.includes(name) || !(isNoneKnown || nearest(name, configured).length > 0)) continue;
    report.at(path, unknownModel(name, configured));
  }
};

export const unknownModel = (name: string, configured: readonly string[]): string =>
  `unknown model ${quote(name)}: everturn.yaml configures none of this name${hint(name, configured)}`;
