import type { MachineDefinition } from '../contracts/workflows.ts';
import { describeMachine } from './describe-machine.ts';
import { fanOutMachine } from './fan-out/machine.ts';
import { flowMachine } from './flow/machine.ts';
import { stepMachine } from './flow-step/machine.ts';
import { scriptMachine } from './script/machine.ts';
import { subagentMachine } from './subagent/machine.ts';
import { turnMachine } from './turn/machine.ts';

/** A machine of a type of workflow, and the query that gives its state. */
export type DrawnMachine = { query: 'state' | 'turn'; definition: MachineDefinition };

const own = (machine: Parameters<typeof describeMachine>[0]): DrawnMachine => ({
  query: 'state',
  definition: describeMachine(machine),
});
/** Of the agent that a step or a call runs itself. */
const hosted: DrawnMachine = { query: 'turn', definition: describeMachine(turnMachine) };

/** By type of workflow. Those without a machine do one thing and end. */
export const machinesByType: Readonly<Record<string, readonly DrawnMachine[]>> = {
  turn: [own(turnMachine)],
  flow: [own(flowMachine)],
  script: [own(scriptMachine)],
  flowStep: [own(stepMachine), hosted],
  scriptCall: [own(stepMachine), hosted],
  map: [own(fanOutMachine)],
  batch: [own(fanOutMachine)],
  branch: [own(fanOutMachine)],
  subagent: [own(subagentMachine)],
  fileChanges: [],
  scheduledFlow: [],
};
