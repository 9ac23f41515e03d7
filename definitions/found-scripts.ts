import path from 'node:path';
import type { FoundScript } from './found.ts';
import { clashOf, faultsOf, type Read, type Runnable, type ScriptEntry } from './runnables.ts';
import type { KnownToScript } from './script/check-references.ts';
import type { ParsedScript } from './script-file.ts';
import type { Resolved } from './shadowing.ts';

type ReadScript = FoundScript & { read: Read<ParsedScript> };
type IsTrusted = (entry: Pick<ScriptEntry, 'origin' | 'file' | 'read'>) => boolean;

export const knownToScripts = (
  resolved: readonly Resolved<Runnable>[],
  beside: Pick<KnownToScript, 'agents' | 'models'>,
): KnownToScript => {
  const scripts = new Map<string, ScriptEntry>();
  const flows: string[] = [];
  for (const { name, winners } of resolved) {
    if (winners[0]?.kind === 'script') scripts.set(name, winners[0]);
    if (winners[0]?.kind === 'flow') flows.push(name);
  }
  return {
    ...beside,
    scripts: [...scripts.keys()],
    flows,
    nests: (name) => scripts.get(name)?.read.parsed?.callsWorkflow ?? false,
  };
};

export const foundScripts = (
  resolved: readonly Resolved<Runnable>[],
  known: KnownToScript,
  isTrusted: IsTrusted,
): ReadScript[] =>
  resolved.flatMap(({ name, winners, shadows }) =>
    winners.flatMap((entry) =>
      entry.kind === 'script'
        ? [{ ...scriptOf(entry, shadows, clashOf(name, entry.origin, winners), known), trusted: isTrusted(entry) }]
        : [],
    ),
  );

/** A file outside the folders of scripts: the user's own, named by its path. */
export const strayScript = (file: string, read: Read<ParsedScript>, known: KnownToScript): ReadScript => {
  const name = read.parsed?.id ?? path.parse(file).name;
  return scriptOf({ kind: 'script', origin: 'project', rank: 0, file, name, read }, [], null, known);
};

const scriptOf = (
  { name, origin, file, read }: ScriptEntry,
  shadows: string[],
  clash: string | null,
  known: KnownToScript,
): ReadScript => {
  const findings = read.parsed?.findingsWith(known, clash) ?? { faults: [], warnings: [] };
  const faults = faultsOf(file, read, () => findings.faults);
  const meta = read.parsed?.meta ?? null;
  const definition = faults.length === 0 ? (read.parsed?.compiled ?? null) : null;
  const { warnings } = findings;
  return {
    name,
    description: meta?.description ?? '',
    origin,
    file,
    faults,
    shadows,
    warnings,
    meta,
    definition,
    // A path names exactly that file.
    trusted: true,
    read,
  };
};
