import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';
import { parseAgentFile } from '../../definitions/agent-file.ts';
import { builtInCatalog } from '../../definitions/definitions.ts';
import { cachedByFile } from '../../definitions/file-cache.ts';
import { parseFlow } from '../../definitions/flow/file.ts';
import { type DefinitionFile, type DefinitionKind, listFiles } from '../../definitions/folders.ts';
import { readText } from '../../definitions/read-text.ts';
import { parseScript } from '../../definitions/script-file.ts';
import { homeFolder } from '../../files/places.ts';

const nowhere = path.join(builtInCatalog, 'none');

const names: Record<DefinitionKind, (text: string, file: string) => string | null> = {
  flow: (text, file) => parseFlow(text, file).name,
  script: (text, file) => parseScript(text, file).id,
  agent: (text, file) => parseAgentFile(text, file).name,
};

const readers = Object.fromEntries(
  Object.entries(names).map(([kind, nameIn]) => [
    kind,
    cachedByFile((file) => {
      const text = readText(file, nowhere);
      return 'source' in text ? nameIn(text.source, file) : null;
    }),
  ]),
);

/** As a file says it, which may be another name than the file's own. */
const nameOf = ({ kind, file, stem }: DefinitionFile): string => readers[kind]?.(file) ?? stem;

/** A project's file hides the built-in or personal one of its name: a request for that one would get this one. */
export const replaces = (kind: DefinitionKind, name: string, own: string): Omit<Grant, 'file'>[] => {
  const others = listFiles(kind, { project: nowhere, home: homeFolder(), catalog: builtInCatalog });
  const hidden = others.find((other) => nameOf(other) === name && other.file !== own);
  if (!hidden) return [];
  return [{ kind: 'replacement', allows: `replaces the ${hidden.origin} ${kind} ${name}` }];
};
