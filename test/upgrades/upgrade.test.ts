import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../client/api.ts';
import { tailRun, tailSession } from '../../client/tail.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import type { RunStreamEvent } from '../../contracts/runs.ts';
import { hasEnded } from '../../contracts/subagents.ts';
import { until } from '../support/until.ts';
import { openRestored } from './restored-stack.ts';
import { prompts, readState, type State, startedCommits } from './state.ts';

type Chunk = { seq: number; turn: number; step: number; kind: string; body: unknown };

const settled = (api: ApiClient, id: string, turn: number) =>
  until(`turn ${turn} of ${id} to settle`, async () => {
    const { view } = await api.getSession(id);
    const state = view.turns[turn];
    return state && state.status !== 'running' && { ...state, view };
  });

const ended = (api: ApiClient, id: string) =>
  until(`run ${id} to end`, async () => {
    const run = await api.getRun(id);
    return run.run.status !== 'running' && run;
  });

/** Every event of a stream from its beginning, as a viewer of this release reads it, up to the first that `isLast` names. */
const replayed = async <Event>(
  tail: (options: {
    onEvent(event: Event): void;
    onSnapshot(): void;
    after: number;
    signal: AbortSignal;
  }) => Promise<void>,
  isLast: (event: Event) => boolean,
): Promise<Event[]> => {
  const events: Event[] = [];
  const done = new AbortController();
  const onEvent = (event: Event): void => {
    events.push(event);
    if (isLast(event)) done.abort();
  };
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]);
  await tail({ onEvent, onSnapshot: () => undefined, after: 0, signal });
  expect(done.signal.aborted).toBe(true);
  return events;
};

const textOf = (body: unknown): string => JSON.stringify(body);

describe.each(startedCommits().map((commit) => [commit, readState(commit)] as const))('from %s', (commit, state) => {
  let stack: Awaited<ReturnType<typeof openRestored>>;
  let api: ApiClient;
  let before: Map<string, Chunk[]>;

  const stored = async (): Promise<Map<string, Chunk[]>> => {
    const rows = await stack.database.query<Chunk & { session_id: string }>(
      'SELECT session_id, seq, turn, step, kind, body FROM chunks ORDER BY session_id, seq',
    );
    return Map.groupBy(
      rows.map(({ session_id, ...chunk }) => ({ ...chunk, session_id })),
      ({ session_id }) => session_id,
    );
  };

  beforeAll(async () => {
    stack = await openRestored(commit);
    before = await stored();
    api = await stack.start();
  });
  afterAll(() => stack.close());

  /** Null where the commit could not do it yet. */
  const withState = (key: keyof State) => test.runIf(state[key] !== null);
  const idOf = (key: keyof State): string => state[key] ?? '';

  test('every conversation is whole, and an idle one goes on where it was', async () => {
    expect(before.size).toBeGreaterThan(1);
    for (const [id, chunks] of before) {
      const { view } = await api.getSession(id);
      const conversation = chunks.filter(({ kind }) => kind !== 'usage');
      expect(view.chunks.slice(0, conversation.length).map(({ body }) => body)).toMatchObject(
        conversation.map(({ body }) => body as object),
      );
    }
    const count = stack.model.requests(prompts.idle).length;
    await api.sendMessage(state.idle, { text: 'Still there?' });
    const turn = await settled(api, state.idle, 3);
    expect(turn.status).toBe('completed');
    const [request, ...more] = stack.model.requests(prompts.idle).slice(count);
    expect(more).toEqual([]);
    const said = request?.body.messages.map(({ content }) => content);
    expect(said?.slice(1)).toEqual([prompts.idle, 'Good morning to you.', 'See you', 'Until later.', 'Still there?']);
  });

  test('the pending approval can be answered: its command runs and its turn ends', async () => {
    const { approvals } = await api.listApprovals();
    const approval = approvals.find(({ sessionId }) => sessionId === state.approval);
    expect(approval).toBeDefined();
    await api.answerApproval(approval?.id ?? '', { decision: 'approve' });
    const { status, view } = await settled(api, state.approval, 1);
    expect(status).toBe('completed');
    expect(view.chunks.filter(({ body }) => body.kind === 'tool_result').map(({ body }) => textOf(body))).toEqual([
      expect.stringContaining('it ran'),
    ]);
  });

  test('the cut reply is asked for again, its turn ends, and the message that waited is answered', async () => {
    const first = await settled(api, state.cut, 1);
    expect(first.status).toBe('completed');
    const second = await settled(api, state.cut, 2);
    expect(second.status).toBe('completed');
    expect(stack.model.requests(prompts.cut)).toHaveLength(2);
    const texts = second.view.chunks.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : []));
    expect(texts).toEqual([
      prompts.cut,
      'Answered after the upgrade: first.',
      'And then?',
      'Answered after the upgrade: second.',
    ]);
  });

  withState('waitingFlow')('the waiting flow can be answered, and ends', async () => {
    const { questions } = await api.listApprovals();
    const question = questions.find(({ runId }) => runId === state.waitingFlow);
    expect(question).toBeDefined();
    await api.answerQuestion(question?.id ?? '', { decision: 'approve' });
    const { run, output } = await ended(api, idOf('waitingFlow'));
    expect([run.status, output]).toEqual(['completed', 'went on']);
    expect(stack.model.requests(prompts.waiting)).toEqual([]);
  });

  withState('workingFlow')('the flow whose agent was cut ends', async () => {
    const { run, output } = await ended(api, idOf('workingFlow'));
    expect([run.status, run.reason, output]).toEqual(['completed', null, 'Answered after the upgrade: first.']);
  });

  withState('sleepingScript')('the sleeping script goes on behind its sleep', async () => {
    const { run, output } = await ended(api, idOf('sleepingScript'));
    expect([run.status, output]).toEqual(['completed', ['It was before.', 'Answered after the upgrade: first.']]);
    expect(stack.model.requests(prompts.beforeSleep)).toEqual([]);
  });

  withState('parent')('the background agent ends, and its parent is told once', async () => {
    const { subagents } = await api.listSubagents({ session: idOf('parent') });
    expect(subagents).toHaveLength(1);
    const id = subagents[0]?.id ?? '';
    const subagent = await until('the background agent to end', async () => {
      const one = await api.getSubagent(id);
      return hasEnded(one.status) && one;
    });
    expect(subagent.status).toBe('completed');
    const turn = await settled(api, idOf('parent'), 2);
    expect(turn.status).toBe('completed');
    const told = await stack.database.query('SELECT FROM messages WHERE session_id = $1', [idOf('parent')]);
    expect(told).toHaveLength(2);
  });

  withState('schedule')('the schedule has a next time', async () => {
    const { schedules } = await api.listSchedules();
    expect(schedules).toMatchObject([{ flow: state.schedule, nextRuns: expect.arrayContaining([expect.any(String)]) }]);
  });

  test('a viewer that reads a stream of the earlier release from its beginning misses nothing', async () => {
    for (const id of [state.idle, state.approval, state.cut]) {
      const { view } = await api.getSession(id);
      const events = await replayed<StreamEvent>(
        (options) => tailSession(api, id, options),
        ({ position }) => position === view.position,
      );
      const chunks = events.flatMap(({ event }) => ('chunks' in event ? event.chunks : []));
      expect(chunks.filter(({ body }) => body.kind !== 'usage')).toEqual(view.chunks);
    }
    for (const id of [state.waitingFlow, state.workingFlow, state.sleepingScript]) {
      if (id === null) continue;
      const events = await replayed<RunStreamEvent>(
        (options) => tailRun(api, id, options),
        ({ event }) => event.type === 'run.settled',
      );
      expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    }
  });

  test('afterwards transcripts begin as they were and have no holes', async () => {
    const after = await stored();
    for (const [id, chunks] of before) expect(after.get(id)?.slice(0, chunks.length)).toEqual(chunks);
    for (const chunks of after.values())
      expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, index) => index + 1));
  });
});
