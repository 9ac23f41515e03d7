import { EverturnError } from '../../contracts/errors.ts';
import { hasEnded, type Subagent, SubagentQuery } from '../../contracts/subagents.ts';
import type { Route } from './route.ts';

/** The background agents of the fixture server, in memory. `changed` wakes those who watch a session. */
export class FakeSubagents {
  private readonly changed: (sessionId: string) => void;
  private readonly subagents: Subagent[] = [];

  constructor(changed: (sessionId: string) => void) {
    this.changed = changed;
  }

  spawn(parentSessionId: string, label: string, fields: Partial<Subagent> = {}): Subagent {
    const now = Date.now() - this.subagents.length;
    const subagent: Subagent = {
      id: `a_${this.subagents.length + 1}`,
      sessionId: null,
      parentSessionId,
      turn: 1,
      label,
      agent: 'default',
      model: 'offline (built in)',
      depth: 1,
      onParentEnd: 'leave',
      status: 'running',
      code: null,
      reason: null,
      cancelling: false,
      ahead: null,
      deliveredTurn: null,
      createdAt: new Date(now - 60_000).toISOString(),
      startedAt: new Date(now - 42_000).toISOString(),
      endedAt: null,
      ...fields,
    };
    this.subagents.unshift(subagent);
    this.changed(parentSessionId);
    return subagent;
  }

  set(id: string, fields: Partial<Subagent>): Subagent {
    const at = this.subagents.findIndex((one) => one.id === id);
    const before = this.subagents[at];
    if (!before) throw new EverturnError('subagent_not_found', `There is no background agent "${id}"`);
    const after = { ...before, ...fields };
    this.subagents[at] = after;
    this.changed(after.parentSessionId);
    return after;
  }

  routes(): Route[] {
    return [
      {
        method: 'GET',
        path: /^\/subagents$/,
        answer: ({ query }) => {
          const { session, limit } = SubagentQuery.parse(query);
          const found = this.subagents.filter(
            ({ parentSessionId }) => session === undefined || parentSessionId === session,
          );
          return { status: 200, body: { subagents: found.slice(0, limit), nextCursor: null } };
        },
      },
      {
        method: 'POST',
        path: /^\/subagents\/([^/]+)\/cancel$/,
        answer: ({ params: [id = ''] }) => {
          const { status } = this.set(id, {});
          if (hasEnded(status)) throw new EverturnError('subagent_ended', `Cannot cancel ${id}: it is ${status}`);
          return { status: 202, body: { ...this.set(id, { cancelling: true }), result: null } };
        },
      },
    ];
  }
}
