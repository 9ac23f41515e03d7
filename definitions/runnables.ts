import type { Fault, Origin } from '../contracts/flow.ts';
import { cachedByFile } from './file-cache.ts';
import type { FlowFile } from './flow/file.ts';
import { parseFlow } from './flow/file.ts';
import { type DefinitionFile, type DefinitionPlaces, listFiles } from './folders.ts';
import { quote } from './nearest.ts';
import { type ReadText, readText } from './read-text.ts';
import { type ParsedScript, parseScript } from './script-file.ts';
import { type Resolved, resolveNames } from './shadowing.ts';

export type Read<T> = { text: ReadText; parsed: T | null };
export type Entry<T> = Omit<DefinitionFile, 'stem' | 'isBelow'> & { name: string; read: Read<T> };
export type FlowEntry = Entry<FlowFile> & { kind: 'flow' };
export type ScriptEntry = Entry<ParsedScript> & { kind: 'script' };
export type Runnable = FlowEntry | ScriptEntry;

/** Reads and keeps what a run can be started with. */
export type Runnables = {
  readFlow(file: string): Read<FlowFile>;
  readScript(file: string): Read<ParsedScript>;
  /** Flows and scripts: a name is unique over both. */
  resolve(): Resolved<Runnable>[];
};

export const openRunnables = (places: DefinitionPlaces): Runnables => {
  const readFlow = cachedByFile((file) => readWith(file, places.project, parseFlow));
  const readScript = cachedByFile((file) => readWith(file, places.project, parseScript));
  return {
    readFlow,
    readScript,
    resolve: () => {
      const flows = listFiles('flow', places).map(({ file, origin, rank, stem }): Runnable => {
        const read = readFlow(file);
        return { kind: 'flow', file, origin, rank, read, name: read.parsed?.name ?? stem };
      });
      const scripts = listFiles('script', places).map(({ file, origin, rank, stem }): Runnable => {
        const read = readScript(file);
        return { kind: 'script', file, origin, rank, read, name: read.parsed?.id ?? stem };
      });
      return resolveNames([...flows, ...scripts].toSorted((a, b) => a.rank - b.rank));
    },
  };
};

export const readWith = <T>(file: string, project: string, parse: (text: string, file: string) => T): Read<T> => {
  const text = readText(file, project);
  return { text, parsed: 'source' in text ? parse(text.source, file) : null };
};

/** That the file cannot be read is a fault too. */
export const faultsOf = <T>(file: string, { text, parsed }: Read<T>, check: (parsed: T) => Fault[]): Fault[] =>
  parsed ? check(parsed) : [{ file, line: 1, column: 1, path: '', message: 'problem' in text ? text.problem : '' }];

/** Why a name that several files of one origin have can mean none of them. */
export const clashOf = (name: string, origin: Origin, winners: readonly Runnable[]): string | null => {
  if (winners.length < 2) return null;
  const files = winners.map(({ file }) => file).join(' and ');
  return `the ${origin} name ${quote(name)} is taken more than once, by ${files}: rename all but one`;
};
