import { EverturnError } from '../../contracts/errors.ts';
import type { LiveMachine, WorkflowFacts, WorkflowMachines } from '../../contracts/workflows.ts';
import { innermost, withAncestors } from '../../workflows/describe-machine.ts';
import type { MachineReport } from '../../workflows/driver/messages.ts';
import { type DrawnMachine, machinesByType } from '../../workflows/machines.ts';
import type { Gateway } from '../gateway.ts';

/** Ids as `contracts/ids.ts` derives them; the namespace may hold workflows of others. */
const ours = /^(?:turn|run|subagent|file-changes|schedule)\//;

const liveOf = (definition: DrawnMachine['definition'], report: MachineReport): LiveMachine => {
  const { value, context, status, path = [], left = 0 } = report;
  const states = withAncestors(innermost(value));
  return {
    definition,
    live: {
      isDone: status !== 'active',
      states,
      context,
      path: path.map((move) => ({
        at: new Date(move.at).toISOString(),
        event: move.event,
        states: innermost(move.value),
      })),
      left,
    },
  };
};

/** What the routes of workflows read and do. */
export const createWorkflows = (gateway: Gateway) => {
  const describe = async (action: string, id: string): Promise<WorkflowFacts> => {
    const facts = ours.test(id) ? await gateway.describeWorkflow(id) : null;
    if (facts && machinesByType[facts.type]) return facts;
    throw new EverturnError('workflow_not_found', `Cannot ${action} workflow ${id}: it is not one of Everturn's`);
  };

  return {
    facts: (id: string): Promise<WorkflowFacts> => describe('read', id),

    async machines(id: string): Promise<WorkflowMachines> {
      const { type, queue } = await describe('read', id);
      const drawn = machinesByType[type] ?? [];
      const still = (): LiveMachine[] =>
        drawn.filter(({ query }) => query === 'state').map(({ definition }) => ({ definition, live: null }));
      if (drawn.length === 0) return { machines: [], unknownBecause: null };
      if (queue.pollers.length === 0) {
        return { machines: still(), unknownBecause: `No worker polls ${queue.name}, so its state cannot be queried` };
      }
      try {
        const machines: LiveMachine[] = [];
        for (const { query, definition } of drawn) {
          const report = await gateway.queryMachine(id, query);
          if (report) machines.push(liveOf(definition, report));
          else if (query === 'state') machines.push({ definition, live: null });
        }
        return { machines, unknownBecause: null };
      } catch (error) {
        if (!(error instanceof EverturnError) || error.code !== 'temporal_unavailable') throw error;
        return { machines: still(), unknownBecause: 'Its worker does not answer' };
      }
    },

    /** Throws `workflow_ended`. */
    async running(action: string, id: string): Promise<WorkflowFacts> {
      const facts = await describe(action, id);
      if (facts.status === 'running') return facts;
      throw new EverturnError(
        'workflow_ended',
        `Cannot ${action} workflow ${id}: it is ${facts.status.replaceAll('_', ' ')} since ${facts.closedAt}`,
      );
    },

    /** Throws `activity_not_found`, and `retry_refused` for one that does not wait for its next attempt. */
    backingOff({ workflowId, activities }: WorkflowFacts, id: string): void {
      const activity = activities.find((one) => one.id === id);
      if (!activity) {
        throw new EverturnError(
          'activity_not_found',
          `Cannot retry activity ${id}: workflow ${workflowId} has no such activity that is open`,
        );
      }
      if (activity.state === 'backing_off') return;
      const why = {
        running: `its attempt ${activity.attempt} runs`,
        cancelling: 'it is being cancelled',
        queued: 'it waits for a worker, not for a retry',
        paused: 'it is paused in Temporal. Unpause it there',
      }[activity.state];
      throw new EverturnError('retry_refused', `Cannot retry activity ${id} (${activity.type}) now: ${why}`);
    },
  };
};
