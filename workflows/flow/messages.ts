import { defineSignal } from '@temporalio/workflow';
import type { Resume } from '../driver/driver.ts';
import type { StepEnd } from '../flow-step/messages.ts';

export type FlowInput = {
  runId: string;
  name: string;
  consoleUrl: string;
  /** The workflow that started it, for a flow within a flow. */
  parent?: string;
  /** Events of history after which it continues-as-new. Default: {@link runHistoryLimit}. */
  historyLimit?: number;
  /** Events of a step's history after which a turn continues in a workflow of its own. Default: {@link runHistoryLimit}. */
  turnHistoryLimit?: number;
  resume?: Resume;
};

/** Below the 2,000 events that we promise, with room for what a last task adds. */
export const runHistoryLimit = 1500;

export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');
/** A step that is carried out by a batch or a branch has ended, or has its result while some of its items still run. */
export const stepEndedSignal = defineSignal<[StepEnd & { step: string }]>('stepEnded');
