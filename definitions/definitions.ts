import os from 'node:os';
import path from 'node:path';
import type { Agent, Fault, Flow, Origin } from '../contracts/flow.ts';
import { type AgentFile, parseAgent } from './agent-file.ts';
import type { Known } from './check-known.ts';
import { cachedByFile } from './file-cache.ts';
import { type FlowFile, parseFlow } from './flow-file.ts';
import { type DefinitionFile, type DefinitionPlaces, listFiles } from './folders.ts';
import type { Clash, FoundAgent, FoundFlow, Loaded, Shadowing } from './found.ts';
import { load } from './load.ts';
import { quote } from './nearest.ts';
import { type ReadText, readText } from './read-text.ts';
import { type Resolved, resolveNames } from './shadowing.ts';

/** The flows and agents that are there. Files are looked at on each call: an edit takes effect at once. */
export type Definitions = {
  flows(): FoundFlow[];
  /** Throws `flow_not_found`, or `flow_invalid` with all faults. */
  flow(name: string): Loaded<Flow>;
  agents(): FoundAgent[];
  /** Throws `agent_not_found`, or `agent_invalid` with all faults. */
  agent(name: string): Loaded<Agent>;
  shadowing(): Shadowing[];
  clashes(): Clash[];
  /** The faults of any file, wherever it lies: an agent when it ends with .md, else a flow. */
  check(file: string): Fault[];
};

export const builtInCatalog = path.join(import.meta.dirname, '..', 'catalog');

type Read<T> = { text: ReadText; parsed: T | null };
type FlowEntry = DefinitionFile & { name: string; read: Read<FlowFile> | null };

export const openDefinitions = ({
  project,
  home = os.homedir(),
  catalog = builtInCatalog,
}: Partial<DefinitionPlaces> & { project: string }): Definitions => {
  const places = { project, home, catalog };
  const readFlow = cachedByFile((file) => readWith(file, parseFlow));
  const readAgent = cachedByFile((file) => readWith(file, parseAgent));

  /** Flows and scripts: a name is unique over both. */
  const runnables = (): Resolved<FlowEntry>[] => {
    const flows = listFiles('flow', places).map((found) => {
      const read = readFlow(found.file);
      return { ...found, read, name: read.parsed?.name ?? found.stem };
    });
    const scripts = listFiles('script', places).map((found) => ({ ...found, read: null, name: found.stem }));
    return resolveNames([...flows, ...scripts].toSorted((a, b) => rank[a.origin] - rank[b.origin]));
  };
  const agentNames = (): Resolved<DefinitionFile & { name: string }>[] =>
    resolveNames(listFiles('agent', places).map((found) => ({ ...found, name: found.stem })));

  const knownOf = (resolved: readonly Resolved<FlowEntry>[]): Known => {
    const flows = new Map(
      resolved.flatMap(({ name, winners: [first] }) => (first?.kind === 'flow' ? [[name, first] as const] : [])),
    );
    return {
      agents: agentNames().map(({ name }) => name),
      flows: [...flows.keys()],
      callsOf: (name) => flows.get(name)?.read?.parsed?.calls ?? [],
    };
  };

  const foundFlows = (resolved: readonly Resolved<FlowEntry>[]): (FoundFlow & { read: Read<FlowFile> })[] => {
    const known = knownOf(resolved);
    return resolved.flatMap(({ name, winners, shadows }) =>
      winners.flatMap(({ file, origin, read }) => {
        if (!read) return [];
        const clash = clashOf(name, origin, winners);
        const faults = faultsOf(file, read, (parsed) => parsed.faultsWith(known, name, clash));
        const definition = faults.length === 0 ? (read.parsed?.definition ?? null) : null;
        const description = read.parsed?.definition?.description ?? '';
        const inputs = read.parsed?.definition?.inputs ?? null;
        return [{ name, description, origin, file, faults, shadows, definition, inputs, read }];
      }),
    );
  };

  const foundAgents = (): (FoundAgent & { read: Read<AgentFile> })[] =>
    agentNames().flatMap(({ name, winners, shadows }) =>
      winners.map(({ file, origin }) => {
        const read = readAgent(file);
        const faults = faultsOf(file, read, (parsed) => parsed.faults);
        const definition = faults.length === 0 ? (read.parsed?.definition ?? null) : null;
        return { name, description: read.parsed?.description ?? '', origin, file, faults, shadows, definition, read };
      }),
    );

  return {
    flows: () => foundFlows(runnables()).map(({ read: _read, ...flow }) => flow),
    flow: (name) => {
      const resolved = runnables();
      const script = resolved.find((one) => one.name === name)?.winners.find(({ kind }) => kind === 'script');
      const flows = foundFlows(resolved);
      const note = script ? `; it is the script ${script.file}` : '';
      return load('flow', name, flows, note);
    },
    agents: () => foundAgents().map(({ read: _read, ...agent }) => agent),
    agent: (name) => load('agent', name, foundAgents(), ''),
    shadowing: () =>
      [...runnables(), ...agentNames()].flatMap(({ name, winners, shadows }) =>
        shadows.length === 0 ? [] : winners.map(({ kind, file }) => ({ name, kind, file, shadows })),
      ),
    clashes: () =>
      runnables().flatMap(({ name, winners }) =>
        winners.length > 1 && winners[0]
          ? [{ name, origin: winners[0].origin, files: winners.map(({ file }) => file) }]
          : [],
      ),
    check: (file) => {
      if (path.extname(file) === '.md') return faultsOf(file, readAgent(file), (parsed) => parsed.faults);
      const resolved = runnables();
      const known = foundFlows(resolved).find((flow) => path.resolve(flow.file) === path.resolve(file));
      if (known) return known.faults.map((fault) => ({ ...fault, file }));
      const read = readFlow(file);
      return faultsOf(file, read, (parsed) =>
        parsed.faultsWith(knownOf(resolved), parsed.name ?? path.parse(file).name, null),
      );
    },
  };
};

const rank: Record<Origin, number> = { project: 0, personal: 1, 'built-in': 2 };

const readWith = <T>(file: string, parse: (text: string, file: string) => T): Read<T> => {
  const text = readText(file);
  return { text, parsed: 'source' in text ? parse(text.source, file) : null };
};

const faultsOf = <T>(file: string, { text, parsed }: Read<T>, of: (parsed: T) => Fault[]): Fault[] =>
  parsed ? of(parsed) : [{ file, line: 1, column: 1, path: '', message: 'problem' in text ? text.problem : '' }];

const clashOf = (name: string, origin: Origin, winners: readonly FlowEntry[]): string | null => {
  if (winners.length < 2) return null;
  const files = winners.map(({ file }) => file).join(' and ');
  return `the ${origin} name ${quote(name)} is taken more than once, by ${files}: rename all but one`;
};
