import type { Agent, Flow, Origin } from './flow.ts';
import type { CompiledScript } from './script.ts';

/** A flow as it was found. */
export type FlowFile = { definition: Flow; source: string; file: string; origin: Origin };

/** All that a run was started with: no later edit of a file changes it. */
export type RunDefinition = {
  flow: Flow;
  /** By the names that the flow and the flows within it use. */
  agents: Record<string, Agent>;
  /** Flows that its steps start, and those that these start. */
  flows: Record<string, FlowFile>;
};

/**
 * A flow by its name, with all that it needs. `trusted`: it and the flows within it may act by themselves. Throws
 * `flow_not_found`, `flow_invalid`, the same of its agents, and `project_untrusted`.
 */
export type FindFlow = (name: string) => Promise<{ file: FlowFile; definition: RunDefinition; trusted: boolean }>;

/** A script as it was found. */
export type ScriptFile = { definition: CompiledScript; source: string; file: string; origin: Origin };

/** All that a script's run was started with: no later edit of a file changes it. */
export type ScriptDefinition = {
  script: CompiledScript;
  agents: Record<string, Agent>;
  /** Of agents whose files cannot be used: what is wrong with them, with file and line. */
  faulty?: Record<string, string>;
};

/**
 * A script by its name or, where the text has a slash or ends with .js, by its path; with all agents that have no
 * faults. Throws `script_not_found` (with the nearest names), `script_invalid` and `project_untrusted`.
 */
export type FindScript = (
  nameOrPath: string,
) => Promise<{ file: ScriptFile; definition: ScriptDefinition; trusted: boolean }>;
