import type { Agent, Flow, Origin } from './flow.ts';

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

/** A flow by its name, with all that it needs. Throws `flow_not_found`, `flow_invalid`, and the same of its agents. */
export type FindFlow = (name: string) => Promise<{ file: FlowFile; definition: RunDefinition }>;
