import { isDue } from '../../contracts/flow-schedule.ts';
import { toGraph } from '../../contracts/graph.ts';
import type { NodeKind } from '../../contracts/runs.ts';
import type { StoredNode } from '../../store/nodes.ts';
import { notAsked, notYet } from '../failure.ts';
import type { StepAttempt } from './attempt.ts';

/** What may cost money, or changes something. */
const paying = new Set<NodeKind>(['agent', 'tool', 'flow']);

/**
 * Whether the rows of the run ask for this step: a node of it is there (an item, a call of a script, a step that has
 * begun), or the flow's schedule says of the nodes that it is to begin now.
 */
export const isAsked = async (
  { store, known, stepRef }: StepAttempt,
  node: StoredNode | undefined,
): Promise<boolean> => {
  const { flow } = known;
  if (node) return true;
  if (!flow || stepRef.index !== null) return false;
  const steps = await store.nodes.statuses(stepRef.runId);
  const statuses = Object.fromEntries(steps.map(({ step, status }) => [step, status]));
  const choices = Object.fromEntries(steps.flatMap(({ step, chosen }) => (chosen === null ? [] : [[step, chosen]])));
  return isDue(toGraph(flow), stepRef.step, statuses, choices);
};

/**
 * Anyone can start a workflow or send it a false message. Throws `not_asked` if no row asks for the attempt: for good, or,
 * while the run is paused, for now.
 */
export const checkAsked = async (attempt: StepAttempt, node: StoredNode | undefined): Promise<void> => {
  const { store, stepRef, step, kind } = attempt;
  const run = await store.runs.standing(stepRef.runId);
  if (run?.status !== 'running' || attempt.attempt > step.retries + 1) throw notAsked();
  if (!(await isAsked(attempt, node))) throw notAsked();
  if (run.paused && (node?.attempt ?? 0) === 0 && paying.has(kind)) throw notYet();
};
