import { defineSignal } from '@temporalio/workflow';
import type { GraphStep } from '../../contracts/graph.ts';
import type { NodeStatus } from '../../contracts/runs.ts';

/** What a run's workflows hand down: labels and numbers. */
export type RunRef = { runId: string; runName: string; consoleUrl: string; turnHistoryLimit?: number };

export type FlowStepInput = RunRef & {
  /** Of an item: the step that maps, with the kind, retries and time limit of an item. */
  step: GraphStep;
  index: number | null;
  parent: string;
};

/** How a step has ended. `chosen` is set by a switch. */
export type StepEnd = { status: NodeStatus; chosen: number | null };

/** The answer itself is in Postgres; this only moves the machine. */
export const answeredSignal = defineSignal('answered');
/** It has a place among the agents that run. */
export const admittedSignal = defineSignal('admitted');
/** The time of the whole group is over. */
export const expireSignal = defineSignal('expire');
/** The items have joined while some still run. */
export const joinedSignal = defineSignal('joined');
