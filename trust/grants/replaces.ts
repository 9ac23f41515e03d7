import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';
import { builtInCatalog } from '../../definitions/definitions.ts';
import { type DefinitionKind, listFiles } from '../../definitions/folders.ts';
import { homeFolder } from '../../files/places.ts';

/** A project's file hides the built-in or personal one of its name: whoever asks for that would get this one. */
export const replaces = (kind: DefinitionKind, name: string, own: string): Omit<Grant, 'file'>[] => {
  const nowhere = path.join(builtInCatalog, 'none');
  const others = listFiles(kind, { project: nowhere, home: homeFolder(), catalog: builtInCatalog });
  const hidden = others.find(({ stem, file }) => stem === name && file !== own);
  if (!hidden) return [];
  return [{ kind: 'replacement', allows: `replaces the ${hidden.origin} ${kind} ${name}` }];
};
