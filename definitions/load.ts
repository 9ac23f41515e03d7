import { EverturnError } from '../contracts/errors.ts';
import { tellFaults } from './fault-text.ts';
import type { Found, Loaded } from './found.ts';
import { hint, nearest, quote } from './nearest.ts';
import type { ReadText } from './read-text.ts';

const maxTold = 5;

type Loadable<T> = Found & { definition: T | null; read: { text: ReadText } };

/**
 * `note` says what else has the name. Throws when it is not there, has faults, or is not trusted and hides another: who
 * asks for a name means the one they know.
 */
export const load = <T>(
  kind: 'flow' | 'script' | 'agent',
  name: string,
  all: readonly Loadable<T>[],
  note: string,
): Loaded<T> => {
  const found = all.find((one) => one.name === name);
  const names = all.map((one) => one.name);
  if (!found) {
    throw new EverturnError(`${kind}_not_found`, `Cannot find ${kind} ${quote(name)}${note || hint(name, names)}`, {
      details: { name, nearest: nearest(name, names) },
    });
  }
  const { definition, faults, file, origin, read, shadows, trusted } = found;
  if (!definition || !('source' in read.text)) {
    throw new EverturnError(`${kind}_invalid`, `Cannot use ${kind} ${quote(name)}:\n${tellFaults(faults, maxTold)}`, {
      details: { name, file, faults },
    });
  }
  if (!trusted && shadows.length > 0) {
    throw new EverturnError(
      'project_untrusted',
      `Cannot use ${kind} ${quote(name)}: ${file} hides ${shadows.join(', ')}, and this project is not trusted. See what it would allow with "npx everturn trust", or rename the file`,
      { details: { name, file } },
    );
  }
  return { definition, source: read.text.source, hash: read.text.hash, file, origin, trusted };
};
