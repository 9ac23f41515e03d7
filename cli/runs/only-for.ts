import { EverturnError } from '../../contracts/errors.ts';
import type { Target } from './target.ts';

/** Throws `bad_request` that names the options which say nothing to what is run. */
export const refuseOptions = ({ kind, name }: Target, given: Record<string, unknown>): void => {
  const strange = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (strange.length === 0) return;
  const other = kind === 'flow' ? 'a script' : 'a flow';
  const instead = kind === 'flow' ? '--input JSON' : 'words, --args JSON or --args @FILE';
  throw new EverturnError(
    'bad_request',
    `Cannot run ${name} with ${strange.join(', ')}: that is for ${other}, and ${name} is a ${kind}. It takes ${instead}`,
  );
};
