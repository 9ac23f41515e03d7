import type { ScriptCall } from '../../contracts/calls.ts';
import type { Agent, Flow, Step } from '../../contracts/flow.ts';
import type { StepResult } from '../../store/nodes.ts';
import type { StoredRun } from '../../store/runs.ts';

/** `call`: of a script, what the step is made of. */
export type FoundStep = { step: Step; call: ScriptCall | null };

export type KnownResult = StepResult & { hash: string | null };

/** A run whose definition and ended steps never change, so that 10,000 items read them once. */
export type KnownRun = {
  run: StoredRun;
  agents: Record<string, Agent>;
  /** Null: the run is of a script. */
  flow: Flow | null;
  /** Throws `step_not_found`. */
  step(id: string): Promise<FoundStep>;
  /** Steps that a step can have waited for, near and far. */
  ancestors(id: string): readonly string[];
  results(steps: readonly string[]): Promise<ReadonlyMap<string, KnownResult>>;
};
