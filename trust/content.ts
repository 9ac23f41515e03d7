import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Grant } from '../contracts/trust.ts';
import { cachedByFile } from '../definitions/file-cache.ts';
import { readText } from '../definitions/read-text.ts';
import { namesBelowSync, namesInSync } from '../files/names-in.ts';
import { type Kind, kinds } from './kinds.ts';
import { createReferenceHash } from './referenced.ts';

/** Definitions are not read from folders with more. */
const maxNames = 10_000;

type Brought = { file: string; hash: string; grants: Grant[]; references: string[] };

/** What a project brings, as it is now. */
export type Content = {
  /** Hashes of the files that matter, by their place in the project. */
  files: ReadonlyMap<string, string>;
  grants: Grant[];
  hash: string;
};

/** What matters of a project's files, whenever it is asked. A file is read again when it has changed. */
export const openContent = (project: string, table: readonly Kind[] = kinds): (() => Content) => {
  const referenceHash = createReferenceHash(project);
  const readers = table.map((kind) => {
    const read = cachedByFile((absolute): Brought | null => {
      const text = readText(absolute, project);
      const file = path.relative(project, absolute);
      if ('problem' in text) return { file, hash: `unreadable: ${text.problem}`, grants: [], references: [] };
      const grants = kind.grants(text.source, absolute).map((grant) => ({ ...grant, file }));
      const references = kind.references?.(text.source, absolute) ?? [];
      return kind.harmless && grants.length === 0 ? null : { file, hash: text.hash, grants, references };
    });
    return () => filesOf(project, kind).flatMap((file) => read(file) ?? []);
  });
  return () => {
    const brought = readers.flatMap((read) => read());
    const referenced = brought.flatMap(({ references }) =>
      references.flatMap((absolute): [string, string][] => {
        const hash = referenceHash(absolute);
        return hash === null ? [] : [[path.relative(project, absolute), hash]];
      }),
    );
    const files = new Map([...referenced, ...brought.map(({ file, hash }): [string, string] => [file, hash])]);
    return { files, grants: brought.flatMap(({ grants }) => grants), hash: hashOf(files) };
  };
};

const filesOf = (project: string, { place, extensions, deep = false, inside }: Kind): string[] => {
  if (inside !== undefined)
    return namesIn(path.join(project, place))
      .filter((name) => !name.startsWith('.'))
      .toSorted()
      .map((name) => path.join(project, place, name, inside))
      .filter((file) => namesIn(path.dirname(file)).includes(inside));
  const folder = extensions ? place : path.dirname(place);
  const names = namesIn(path.join(project, folder), deep);
  const isWanted = (name: string): boolean =>
    extensions ? !name.startsWith('.') && extensions.includes(path.extname(name)) : name === path.basename(place);
  return names
    .filter(isWanted)
    .toSorted()
    .map((name) => path.join(project, folder, name));
};

/** What cannot be listed cannot be used either. */
const namesIn = (folder: string, deep = false): string[] => {
  try {
    return (deep ? namesBelowSync : namesInSync)(folder, maxNames).names;
  } catch {
    return [];
  }
};

const hashOf = (files: ReadonlyMap<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...files].toSorted()))
    .digest('hex');
