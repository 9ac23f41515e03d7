import { extname } from 'node:path';
import type { Draft } from './draft.ts';
import { droppedImports } from './guard/imports.ts';
import { faultOf } from './guard/syntax.ts';
import { textOf } from './texts.ts';

/** Bytes of a file that is looked at. */
const maxBytes = 300_000;

/** What a reader of a change should know: it leaves a file that does not parse, or drops an import that is still used. */
export const noticesOf = ({
  path,
  from,
  before,
  after,
}: Pick<Draft, 'path' | 'from' | 'before' | 'after'>): string[] => {
  if (!after || after.bytes.length > maxBytes || (before && before.bytes.length > maxBytes)) return [];
  const [old, fresh] = [before ? textOf(before.bytes) : null, textOf(after.bytes)];
  if (fresh === null) return [];
  const fault = faultOf(extname(path), fresh);
  if (fault !== null) {
    // An earlier one does not come from this change.
    const was = old === null ? null : faultOf(extname(from ?? path), old);
    return was === null ? [`${path} does not parse after this change: ${fault}`] : [];
  }
  return old === null
    ? []
    : droppedImports(extname(path), old, fresh).map(
        (name) => `The import of ${name} is gone from ${path}, and ${name} is still used there`,
      );
};
