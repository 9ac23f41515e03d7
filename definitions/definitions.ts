import { existsSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { agentNamed } from '../contracts/find-agent.ts';
import type { Agent, Fault, Flow, Origin } from '../contracts/flow.ts';
import type { ModelChoice } from '../contracts/models.ts';
import type { CompiledScript } from '../contracts/script.ts';
import { homeFolder } from '../files/places.ts';
import { type AgentFile, parseAgentFile } from './agent-file.ts';
import { cachedByFile } from './file-cache.ts';
import type { Known } from './flow/check-known.ts';
import type { FlowFile } from './flow/file.ts';
import { type DefinitionFile, type DefinitionPlaces, isScriptFile, listFiles } from './folders.ts';
import type { Clash, FoundAgent, FoundFlow, FoundScript, Loaded, Shadowing } from './found.ts';
import { foundScripts, knownToScripts, strayScript } from './found-scripts.ts';
import { hasFrontMatter } from './front-matter.ts';
import { load } from './load.ts';
import { everythingTrusted, type Look } from './look.ts';
import { quote } from './nearest.ts';
import { type ReadText, readText } from './read-text.ts';
import { clashOf, faultsOf, openRunnables, type Read, type Runnable, readWith } from './runnables.ts';
import type { KnownToScript } from './script/check-references.ts';
import { type Resolved, resolveNames } from './shadowing.ts';
import { unknownModel } from './unknown-model.ts';

/** The flows, scripts and agents that are there. Files are looked at on each call: an edit takes effect at once. */
export type Definitions = {
  flows(): FoundFlow[];
  /** Throws `flow_not_found`, `flow_invalid` with all faults, or `project_untrusted`. */
  flow(name: string): Loaded<Flow>;
  scripts(): FoundScript[];
  /** Throws `script_not_found`, `script_invalid` with all faults, or `project_untrusted`. */
  script(name: string): Loaded<CompiledScript>;
  /** As {@link Definitions.script}, of a file that may lie anywhere; relative to the project. */
  scriptAt(file: string): Loaded<CompiledScript>;
  /**
   * One that is not trusted hides no other; where it is the only one of its name, it may do nothing without asking.
   */
  agents(): FoundAgent[];
  /** Throws `agent_not_found`, or `agent_invalid` with all faults. */
  agent(name: string): Loaded<Agent>;
  shadowing(): Shadowing[];
  clashes(): Clash[];
  /** The faults of any file, wherever it is: an agent when it ends with .md, a script with .js, otherwise a flow. */
  check(file: string): Fault[];
  /** The text of any file that defines something, with or without faults. */
  text(file: string): ReadText;
  /** What is likely a mistake in a file, and runs. */
  warnings(file: string): Fault[];
};

export const builtInCatalog = path.join(import.meta.dirname, '..', 'catalog');

type DefinitionsOptions = Partial<DefinitionPlaces> & {
  project: string;
  /** What of the project is trusted. Default: everything, for those who only look at files. */
  look?: () => Look;
  /** The models that scripts and agents may name. Default: nothing is known of them. */
  models?: (() => ModelChoice) | undefined;
};

export const openDefinitions = ({
  project,
  home = homeFolder(),
  catalog = builtInCatalog,
  look = everythingTrusted,
  models,
}: DefinitionsOptions): Definitions => {
  const places = { project, home, catalog };
  const { readFlow, readScript, resolve: runnables } = openRunnables(places);
  const readAgent = cachedByFile((file) => readWith(file, project, parseAgentFile));

  const trustedBy =
    ({ knows }: Look) =>
    ({ origin, file, read: { text } }: { origin: Origin; file: string; read: { text: ReadText } }): boolean =>
      origin !== 'project' || ('hash' in text && knows(file, text.hash));

  const agentFiles = (): (DefinitionFile & { name: string; read: Read<AgentFile> })[] =>
    listFiles('agent', places).flatMap((found) => {
      const read = readAgent(found.file);
      // Folders of agents also hold notes and templates.
      if (found.isBelow && 'source' in read.text && !hasFrontMatter(read.text.source)) return [];
      return [{ ...found, name: read.parsed?.name ?? found.stem, read }];
    });
  const agentNames = (): Resolved<DefinitionFile & { name: string }>[] => resolveNames(agentFiles());

  const usableAgents = () => {
    const isTrusted = trustedBy(look());
    const entries = agentFiles().map((entry) => ({ ...entry, trusted: isTrusted(entry) }));
    const safe = new Set(entries.filter(({ trusted }) => trusted).map(({ name }) => name));
    return resolveNames(entries.filter(({ name, trusted }) => trusted || !safe.has(name)));
  };

  const knownOf = (resolved: readonly Resolved<Runnable>[]): Known => {
    const flows = new Map(
      resolved.flatMap(({ name, winners: [first] }) => (first?.kind === 'flow' ? [[name, first] as const] : [])),
    );
    const modelsOfAgents = new Map(foundAgents().map(({ name, definition }) => [name, definition?.models ?? []]));
    return {
      agents: agentNames().map(({ name }) => name),
      flows: [...flows.keys()],
      scripts: resolved.flatMap(({ name, winners: [first] }) => (first?.kind === 'script' ? [name] : [])),
      models: models?.() ?? null,
      modelsOf: (name) => modelsOfAgents.get(name) ?? [],
      callsOf: (name) => flows.get(name)?.read.parsed?.calls ?? [],
    };
  };

  const foundFlows = (resolved: readonly Resolved<Runnable>[]): (FoundFlow & { read: Read<FlowFile> })[] => {
    const known = knownOf(resolved);
    const isTrusted = trustedBy(look());
    return resolved.flatMap(({ name, winners, shadows }) =>
      winners.flatMap((entry) => {
        if (entry.kind !== 'flow') return [];
        const { file, origin, read } = entry;
        const clash = clashOf(name, origin, winners);
        const faults = faultsOf(file, read, (parsed) => parsed.faultsWith(known, name, clash));
        const definition = faults.length === 0 ? (read.parsed?.definition ?? null) : null;
        const description = read.parsed?.definition?.description ?? '';
        const inputs = read.parsed?.definition?.inputs ?? null;
        return [
          { name, description, origin, file, faults, shadows, trusted: isTrusted(entry), definition, inputs, read },
        ];
      }),
    );
  };

  const scripts = (resolved = runnables()) => foundScripts(resolved, toScripts(resolved), trustedBy(look()));
  const toScripts = (resolved: readonly Resolved<Runnable>[]): KnownToScript =>
    knownToScripts(resolved, { agents: new Map(foundAgents().map((agent) => [agent.name, agent])), models });
  /** The script that is there, whether it is one that is found by its name or not. */
  const scriptIn = (file: string) => {
    const resolved = runnables();
    const found = scripts(resolved).find((script) => path.resolve(script.file) === path.resolve(file));
    return found ?? strayScript(file, readScript(file), toScripts(resolved));
  };

  const findingsOf = (file: string, read: Read<AgentFile>): { faults: Fault[]; warnings: Fault[] } => {
    const unknown = read.parsed ? unknownModel(file, read.parsed, models?.()) : { faults: [], warnings: [] };
    return {
      faults: [...faultsOf(file, read, (parsed) => parsed.faults), ...unknown.faults],
      warnings: [...(read.parsed?.warnings ?? []), ...unknown.warnings],
    };
  };

  const foundAgents = (): (FoundAgent & { read: Read<AgentFile> })[] =>
    usableAgents().flatMap(({ name, winners, shadows }) =>
      winners.map(({ file, origin, read, trusted }) => {
        const { faults, warnings } = findingsOf(file, read);
        const whole = faults.length === 0 ? (read.parsed?.definition ?? null) : null;
        const definition = whole && !trusted ? { ...whole, permissions: [] } : whole;
        const description = read.parsed?.description ?? '';
        return { name, description, origin, file, faults, warnings, shadows, trusted, definition, read };
      }),
    );

  const agentIn = (file: string) => findingsOf(file, readAgent(file));

  return {
    flows: () => foundFlows(runnables()).map(({ read: _read, ...flow }) => flow),
    flow: (name) => {
      const resolved = runnables();
      const script = resolved.find((one) => one.name === name)?.winners.find(({ kind }) => kind === 'script');
      const flows = foundFlows(resolved);
      const note = script ? `; it is the script ${script.file}` : '';
      return load('flow', name, flows, note);
    },
    scripts: () => scripts().map(({ read: _read, ...script }) => script),
    script: (name) => {
      const resolved = runnables();
      const flow = resolved.find((one) => one.name === name)?.winners.find(({ kind }) => kind === 'flow');
      const all = scripts(resolved);
      // By the text that `meta` gives it, too.
      const own = all.find((script) => script.name === name) ?? all.find((script) => script.meta?.name === name);
      return load('script', own?.name ?? name, all, flow ? `; it is the flow ${flow.file}` : '');
    },
    scriptAt: (file) => {
      const absolute = path.resolve(project, file);
      if (!existsSync(absolute))
        throw new EverturnError('script_not_found', `Cannot find script ${quote(file)}: there is no file ${absolute}`);
      return load('script', file, [{ ...scriptIn(absolute), name: file }], '');
    },
    agents: () => foundAgents().map(({ read: _read, ...agent }) => agent),
    agent: (name) => {
      const agents = foundAgents();
      return load('agent', agentNamed(agents, name)?.name ?? name, agents, '');
    },
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
      if (path.extname(file) === '.md') return agentIn(file).faults;
      if (isScriptFile(file)) return scriptIn(file).faults.map((fault) => ({ ...fault, file }));
      const resolved = runnables();
      const known = foundFlows(resolved).find((flow) => path.resolve(flow.file) === path.resolve(file));
      if (known) return known.faults.map((fault) => ({ ...fault, file }));
      const read = readFlow(file);
      return faultsOf(file, read, (parsed) =>
        parsed.faultsWith(knownOf(resolved), parsed.name ?? path.parse(file).name, null),
      );
    },
    text: (file) => readText(file, project),
    warnings: (file) => {
      if (path.extname(file) === '.md') return agentIn(file).warnings;
      return isScriptFile(file) ? scriptIn(file).warnings.map((warning) => ({ ...warning, file })) : [];
    },
  };
};
