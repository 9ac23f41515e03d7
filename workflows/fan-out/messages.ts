import { defineSignal } from '@temporalio/workflow';
import type { FanOut, GraphStep } from '../../contracts/graph.ts';
import type { Resume } from '../driver/driver.ts';
import type { RunRef } from '../flow-step/messages.ts';

export type MapInput = RunRef & {
  step: GraphStep;
  fanOut: FanOut;
  count: number;
  parent: string;
  historyLimit?: number;
  resume?: Resume;
};

/** A batch group, or the branch that a switch has taken. */
export type MembersInput = RunRef & { fanOut: FanOut; members: GraphStep[] };

export const admitSignal = defineSignal<[number]>('admit');
export const dropSignal = defineSignal<[number]>('drop');
export const closeSignal = defineSignal('close');
