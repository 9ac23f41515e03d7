import { EverturnError } from '../../contracts/errors.ts';
import { TerminateWorkflow, type WorkflowFacts, type WorkflowMachines } from '../../contracts/workflows.ts';
import { withAncestors } from '../../workflows/describe-machine.ts';
import { machinesByType } from '../../workflows/machines.ts';
import type { Route } from './route.ts';

export { machinesByType };

export type FakeMove = [event: string | null, state: string, seconds: number];

/** Of a turn that has asked for two steps, and waits for a tool now. */
export const turnMoves: FakeMove[] = [
  [null, 'model', 6.2],
  ['model.replied', 'tools', 2.4],
  ['tool.done', 'model', 9.8],
  ['model.resting', 'resting', 30],
  ['key.cleared', 'model', 7.1],
  ['model.replied', 'tools', 12],
];

export const stepMoves: FakeMove[] = [
  [null, 'attempting.preparing', 0.2],
  ['prepared', 'attempting.working', 61],
  ['xstate.after.timeout.flow-step.attempting', 'timingOut', 1.1],
  ['effects.drained', 'pausing', 4],
  ['xstate.after.backoff.flow-step.pausing', 'attempting.preparing', 0.3],
  ['prepared', 'attempting.working', 25],
];

const typeOf = (id: string): string | null => {
  if (id.startsWith('turn/')) return 'turn';
  if (id.startsWith('subagent/')) return 'subagent';
  if (/^run\/[^/]+\/step\/[^/]+\/items$/.test(id)) return 'map';
  if (/^run\/[^/]+\/batch\//.test(id)) return 'batch';
  if (/^run\/[^/]+\/step\//.test(id)) return 'flowStep';
  return /^run\/[^/]+$/.test(id) ? 'flow' : null;
};

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

type FakeWorkflow = { facts: WorkflowFacts; moves: FakeMove[]; isAnswered: boolean };

/** Workflows as Temporal would tell of them, in memory. Their machines are the real ones. */
export class FakeWorkflows {
  readonly workflows = new Map<string, FakeWorkflow>();

  find(id: string): FakeWorkflow {
    const known = this.workflows.get(id);
    if (known) return known;
    const type = typeOf(id);
    if (type === null) {
      throw new EverturnError('workflow_not_found', `Cannot read workflow ${id}: it is not one of Everturn's`);
    }
    const moves = type === 'turn' ? turnMoves : type === 'flowStep' ? stepMoves : [];
    const made: FakeWorkflow = { facts: this.facts(id, type), moves: [...moves], isAnswered: true };
    this.workflows.set(id, made);
    return made;
  }

  private facts(id: string, type: string): WorkflowFacts {
    return {
      workflowId: id,
      runId: '0199c2aa-4f10-7d8e-9b1c-3f0d5c2e7a11',
      type,
      status: 'running',
      isCancelling: false,
      startedAt: ago(92),
      closedAt: null,
      parent: type === 'flowStep' ? (/^run\/[^/]+/.exec(id)?.[0] ?? null) : null,
      history: { events: 148, bytes: 41_233 },
      task: null,
      activities: [
        {
          id: '7',
          type: 'callModel',
          state: 'backing_off',
          attempt: 4,
          maxAttempts: null,
          scheduledAt: ago(60),
          startedAt: ago(14),
          heartbeatAt: null,
          nextAttemptAt: ago(-6),
          worker: '8123@lantern',
          failure: 'model_unavailable',
        },
        {
          id: '9',
          type: 'runTool',
          state: 'running',
          attempt: 1,
          maxAttempts: 1,
          scheduledAt: ago(12),
          startedAt: ago(12),
          heartbeatAt: ago(1),
          nextAttemptAt: null,
          worker: '8124@lantern',
          failure: null,
        },
      ],
      children: type === 'flow' ? [{ workflowId: `${id}/step/plan`, type: 'flowStep' }] : [],
      queue: {
        name: 'agents',
        backlog: 0,
        pollers: [
          { worker: '8123@lantern', takes: ['workflows', 'activities'], seenAt: ago(4) },
          { worker: '8124@lantern', takes: ['workflows', 'activities'], seenAt: ago(9) },
        ],
      },
    };
  }

  /** Goes into another state, with an event of history. */
  move(id: string, event: string, state: string): void {
    const workflow = this.find(id);
    workflow.moves.push([event, state, 1]);
    workflow.facts = { ...workflow.facts, history: { events: workflow.facts.history.events + 3, bytes: 42_000 } };
  }

  machines(id: string): WorkflowMachines {
    const { facts, moves, isAnswered } = this.find(id);
    const drawn = (machinesByType[facts.type] ?? []).filter(({ query }) => query === 'state');
    if (!isAnswered) {
      return {
        machines: drawn.map(({ definition }) => ({ definition, live: null })),
        unknownBecause: 'Its worker does not answer',
      };
    }
    let at = Date.now() - moves.reduce((sum, [, , seconds]) => sum + seconds * 1000, 0);
    const path = moves.map(([event, state, seconds]) => {
      const move = { at: new Date(at).toISOString(), event, states: [state] };
      at += seconds * 1000;
      return move;
    });
    const states = withAncestors(path.at(-1)?.states ?? ['active']);
    const live = { isDone: facts.status !== 'running', states, context: { step: 2, calls: [] }, path, left: 0 };
    return { machines: drawn.map(({ definition }) => ({ definition, live })), unknownBecause: null };
  }

  private end(id: string, status: 'cancelled' | 'terminated'): WorkflowFacts {
    const workflow = this.find(id);
    if (workflow.facts.status !== 'running') {
      throw new EverturnError('workflow_ended', `Cannot end workflow ${id}: it is ${workflow.facts.status}`);
    }
    workflow.facts = { ...workflow.facts, status, closedAt: ago(0), activities: [] };
    return workflow.facts;
  }

  private retry(id: string, activity: string): WorkflowFacts {
    const workflow = this.find(id);
    const found = workflow.facts.activities.find((one) => one.id === activity);
    if (found?.state !== 'backing_off') {
      throw new EverturnError('retry_refused', `Cannot retry activity ${activity} now: its attempt 1 runs`);
    }
    const activities = workflow.facts.activities.map((one) =>
      one === found ? { ...one, state: 'running' as const, startedAt: ago(0), nextAttemptAt: null } : one,
    );
    workflow.facts = { ...workflow.facts, activities };
    return workflow.facts;
  }

  routes(): Route[] {
    const path = (rest: string): RegExp => new RegExp(`^/workflows/([^/]+)${rest}$`);
    return [
      {
        method: 'GET',
        path: path(''),
        answer: ({ params: [id = ''] }) => ({ status: 200, body: this.find(id).facts }),
      },
      {
        method: 'GET',
        path: path('/machine'),
        answer: ({ params: [id = ''] }) => ({ status: 200, body: this.machines(id) }),
      },
      {
        method: 'POST',
        path: path('/cancel'),
        answer: ({ params: [id = ''] }) => ({ status: 202, body: this.end(id, 'cancelled') }),
      },
      {
        method: 'POST',
        path: path('/terminate'),
        answer: ({ params: [id = ''], body }) => {
          TerminateWorkflow.parse(body);
          return { status: 202, body: this.end(id, 'terminated') };
        },
      },
      {
        method: 'POST',
        path: path('/activities/([^/]+)/retry'),
        answer: ({ params: [id = '', activity = ''] }) => ({ status: 202, body: this.retry(id, activity) }),
      },
    ];
  }
}
