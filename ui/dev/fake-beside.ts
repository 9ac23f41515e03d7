import type { Segments } from '../../contracts/cache.ts';
import { noSegments, segmentNames } from '../../contracts/cache.ts';
import type { BackgroundCommand } from '../../contracts/command-result.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { DecideChanges, type FileChange, type StagedChanges, UndoChanges } from '../../contracts/file-changes.ts';
import { rebuilt, type SentRequest } from '../../contracts/sent-request.ts';
import { type RunSurvived, type TurnSummary, TurnSummaryQuery } from '../../contracts/turn-summary.ts';
import { timeOf, turnUsage } from '../trace/model/trace.ts';
import type { FakeSessions } from './fake-sessions.ts';
import type { Route } from './route.ts';
import { savedBy } from './saved-by.ts';

type Kept = { changes: FileChange[]; commands: BackgroundCommand[] };

const head = `${JSON.stringify({ model: 'offline' }).slice(0, -1)},"tools":[${JSON.stringify({
  type: 'function',
  function: { name: 'read_file', description: 'Reads a file', parameters: { type: 'object' } },
})}],"stream":true,"messages":[`;
const system = JSON.stringify({ role: 'system', content: 'You are the agent of this workspace. Be brief.' });

const added = (a: Segments, b: Segments): Segments =>
  Object.fromEntries(
    segmentNames.map((name) => [name, { hit: a[name].hit + b[name].hit, miss: a[name].miss + b[name].miss }]),
  ) as Segments;

/** What stands beside the conversations of the fixture server, in memory. */
export class FakeBeside {
  /** What every run has survived. */
  ofRuns: RunSurvived = { crashes: 0, kept: 0, saved: null, lost: [] };
  readonly kept = new Map<string, Kept>();
  private readonly sessions: FakeSessions;

  constructor(sessions: FakeSessions) {
    this.sessions = sessions;
  }

  of(id: string): Kept {
    const kept = this.kept.get(id) ?? { changes: [], commands: [] };
    this.kept.set(id, kept);
    return kept;
  }

  change(sessionId: string, path: string, diff: string, more: Partial<FileChange> = {}): FileChange {
    const { changes } = this.of(sessionId);
    const count = (sign: string): number =>
      diff.split('\n').filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
    const change: FileChange = {
      id: `f${changes.length + 1}`,
      sessionId,
      number: changes.length + 1,
      turn: 1,
      step: 1,
      call: 0,
      agent: 'default',
      tool: 'edit_file',
      kind: 'edit',
      path,
      from: null,
      baseHash: null,
      afterHash: null,
      diff,
      added: count('+'),
      removed: count('-'),
      hunks: diff.split('\n').filter((line) => line.startsWith('@@')).length,
      chosen: null,
      notes: [],
      state: 'pending',
      reason: null,
      approvalId: null,
      decidedBy: null,
      createdAt: new Date().toISOString(),
      decidedAt: null,
      ...more,
    };
    changes.push(change);
    return change;
  }

  command(sessionId: string, argv: string[], more: Partial<BackgroundCommand> = {}): void {
    const { commands } = this.of(sessionId);
    commands.push({
      id: `${sessionId}/command/${commands.length + 1}`,
      sessionId,
      argv,
      description: null,
      status: 'running',
      exitCode: null,
      signal: null,
      output: '',
      outputFrom: 0,
      startedAt: new Date(Date.now() - 42_000).toISOString(),
      endedAt: null,
      ...more,
    });
  }

  private set(sessionId: string, ids: readonly string[], state: FileChange['state'], hunks?: number[]): FileChange[] {
    const kept = this.of(sessionId);
    const touched = kept.changes.filter(({ id }) => ids.includes(id));
    if (touched.length === 0) throw new EverturnError('change_not_found', 'Cannot decide: there is no such change');
    kept.changes = kept.changes.map((one) =>
      ids.includes(one.id) ? { ...one, state, chosen: hunks ?? one.chosen, decidedAt: new Date().toISOString() } : one,
    );
    const changes = kept.changes.filter(({ id }) => ids.includes(id));
    this.sessions.entry(sessionId).stream.append({ type: 'change.changed', changes });
    return changes;
  }

  staged(): StagedChanges[] {
    return [...this.kept].flatMap(([sessionId, { changes }]) => {
      const waiting = changes.filter(({ state, approvalId }) => state === 'pending' && approvalId === null);
      const [first] = waiting;
      if (!first) return [];
      return [
        {
          sessionId,
          title: this.sessions.entry(sessionId).stream.session.title,
          ids: waiting.map(({ id }) => id),
          paths: waiting.slice(0, 5).map(({ path }) => path),
          added: waiting.reduce((sum, { added }) => sum + added, 0),
          removed: waiting.reduce((sum, { removed }) => sum + removed, 0),
          since: first.createdAt,
        },
      ];
    });
  }

  private turns(sessionId: string): TurnSummary[] {
    const { stream, agent } = this.sessions.entry(sessionId);
    return Object.entries(stream.view.turns).map(([key, { status, code, startedAt, durationMs }]) => {
      const turn = Number(key);
      const spans = agent.spans.filter((span) => span.turn === turn);
      const { requests, tools, input, output, cacheRead, cost } = turnUsage(spans);
      const first = stream.view.chunks.find((chunk) => chunk.turn === turn && chunk.body.kind === 'text');
      const { cost: saved, ...survived } = savedBy(spans);
      return {
        turn,
        status,
        code,
        startedAt,
        durationMs: durationMs === null ? null : (timeOf(spans) ?? durationMs),
        said: first?.body.kind === 'text' ? first.body.text.slice(0, 200) : '',
        models: [...new Set(spans.filter(({ kind }) => kind === 'model').map(({ name }) => name))],
        requests,
        tools,
        input,
        output,
        cacheRead,
        cost,
        segments: spans.reduce(
          (sum, { attributes }) => added(sum, (attributes.segments as Segments) ?? noSegments),
          noSegments,
        ),
        ...survived,
        saved,
      };
    });
  }

  private request(sessionId: string, turn: number, step: number): SentRequest {
    const { stream } = this.sessions.entry(sessionId);
    const before = stream.view.chunks.filter(
      (chunk) => chunk.turn < turn || (chunk.turn === turn && chunk.step < step),
    );
    const own = stream.view.chunks.filter((chunk) => chunk.turn === turn && chunk.step === step);
    if (before.length === 0 && own.length === 0)
      throw new EverturnError(
        'request_not_found',
        `Cannot show the request of turn ${turn}, step ${step}: there is none`,
      );
    const messages = rebuilt(before).map((message) => JSON.stringify(message));
    return {
      turn,
      step,
      attempt: 1,
      model: stream.session.model,
      head,
      messages: [system, ...messages].map((text) => ({
        role: String((JSON.parse(text) as { role: string }).role),
        text,
        isProven: true,
      })),
      system: 1,
      isProven: true,
      reason: null,
      hash: '3f9a1c0b7d24e8815cc0'.padEnd(64, '0'),
      break:
        turn === 2 && step === 1
          ? { part: 'message', message: 1, chunk: null, reason: 'prune', declared: true, reread: 1420 }
          : null,
      reply: own.filter(({ body }) => body.kind !== 'tool_result'),
    };
  }

  routes(): Route[] {
    return [
      {
        method: 'GET',
        path: /^\/sessions\/([^/]+)\/turns$/,
        answer: ({ params: [id = ''], query }) => {
          const { cursor, limit } = TurnSummaryQuery.parse(query);
          const all = this.turns(id);
          const turns = all
            .toReversed()
            .filter(({ turn }) => cursor === undefined || turn < Number(cursor))
            .slice(0, limit);
          const last = turns.at(-1)?.turn ?? 1;
          const sum = (of: (turn: TurnSummary) => number): number => all.reduce((total, turn) => total + of(turn), 0);
          const crashes = sum((turn) => turn.crashes);
          const totals = {
            turns: all.length,
            crashes,
            kept: sum((turn) => turn.kept),
            saved: crashes > 0 ? sum((turn) => turn.saved ?? 0) : null,
            input: sum((turn) => turn.input),
            cacheRead: sum((turn) => turn.cacheRead),
          };
          return {
            status: 200,
            body: { turns, nextCursor: last > 1 && turns.length > 0 ? String(last) : null, totals },
          };
        },
      },
      {
        method: 'GET',
        path: /^\/sessions\/([^/]+)\/requests\/(\d+)\/(\d+)$/,
        answer: ({ params: [id = '', turn, step] }) => ({
          status: 200,
          body: this.request(id, Number(turn), Number(step)),
        }),
      },
      {
        method: 'GET',
        path: /^\/sessions\/([^/]+)\/changes$/,
        answer: ({ params: [id = ''] }) => ({
          status: 200,
          body: {
            mode: this.sessions.entry(id).stream.session.changeMode,
            changes: this.of(id).changes,
            nextCursor: null,
          },
        }),
      },
      {
        method: 'POST',
        path: /^\/sessions\/([^/]+)\/changes\/decide$/,
        answer: ({ params: [id = ''], body }) => {
          const { decision, changes, hunks } = DecideChanges.parse(body);
          const ids = changes ?? this.of(id).changes.flatMap((one) => (one.state === 'pending' ? [one.id] : []));
          const done = this.set(id, ids, decision === 'approve' ? 'applied' : 'rejected', hunks);
          return { status: 200, body: { status: 'done', changes: done } };
        },
      },
      {
        method: 'POST',
        path: /^\/sessions\/([^/]+)\/changes\/undo$/,
        answer: ({ params: [id = ''], body }) => {
          const wanted = UndoChanges.parse(body);
          const { changes } = this.of(id);
          const from = 'since' in wanted ? changes.findIndex((one) => one.id === wanted.since) : 0;
          const ids = changes
            .slice(from)
            .filter(
              (one) =>
                one.state === 'applied' &&
                (!('turn' in wanted) || one.turn === wanted.turn) &&
                (!('call' in wanted) || (one.step === wanted.step && one.call === wanted.call)),
            )
            .map((one) => one.id);
          return { status: 200, body: { status: 'done', changes: this.set(id, ids, 'undone') } };
        },
      },
      {
        method: 'GET',
        path: /^\/commands$/,
        answer: ({ query }) => ({ status: 200, body: { commands: this.of(query.session ?? '').commands } }),
      },
      {
        method: 'POST',
        path: /^\/commands\/([^/]+)\/stop$/,
        answer: ({ params: [command = ''] }) => {
          const kept = this.of(command.split('/')[0] ?? '');
          kept.commands = kept.commands.map((one) =>
            one.id === command ? { ...one, status: 'stopped', endedAt: new Date().toISOString() } : one,
          );
          const found = kept.commands.find((one) => one.id === command);
          if (!found) throw new EverturnError('command_not_found', `Cannot stop ${command}: there is none`);
          return { status: 202, body: found };
        },
      },
      {
        method: 'DELETE',
        path: /^\/sessions\/([^/]+)\/messages\/([^/]+)$/,
        answer: ({ params: [id = '', message = ''] }) => {
          this.sessions.withdraw(id, message);
          return { status: 204 };
        },
      },
      {
        method: 'GET',
        path: /^\/runs\/([^/]+)\/survived$/,
        answer: () => ({ status: 200, body: this.ofRuns }),
      },
    ];
  }
}
