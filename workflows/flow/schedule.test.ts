import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { Join, OnError, Rest, Trigger } from '../../contracts/flow.ts';
import { advance, type Choices, type Statuses } from '../../contracts/flow-schedule.ts';
import { defaultBranch, type Graph, type GraphBatch, type GraphStep, noBranch } from '../../contracts/graph.ts';
import type { NodeStatus } from '../../contracts/runs.ts';
import { type FlowEvent, flowMachine } from './machine.ts';

// --- Random flows: a step needs earlier steps, and groups whose members are all earlier, so there is no cycle.

type Seed = {
  isSwitch: boolean;
  needs: number[];
  branches: { at: number; chosen: number }[];
  batch: number;
  trigger: Trigger;
  onError: OnError;
};
type BatchSeed = { join: Join; rest: Rest };
type Kinds = { triggers: Trigger[]; joins: BatchSeed[]; onErrors: OnError[] };

const rests: Rest[] = ['cancel', 'continue'];
const everyKind: Kinds = {
  triggers: ['all_success', 'one_success', 'none_failed', 'all_done', 'always'],
  joins: (['all', 'any', 'all_settled', 1, 2, 3] as const).flatMap((join) => rests.map((rest) => ({ join, rest }))),
  onErrors: ['fail', 'fail', 'continue', 'stop'],
};
/** Without what may look at the order in which steps end. */
const orderless: Kinds = {
  triggers: ['all_success', 'none_failed', 'all_done', 'always'],
  joins: [
    { join: 'all_settled', rest: 'continue' },
    { join: 'all', rest: 'continue' },
  ],
  onErrors: ['fail', 'continue'],
};

const nameOf = (at: number): string => `s${at}`;

const toStep = (seed: Seed, at: number, seeds: Seed[], groups: string[]): GraphStep => {
  const batchOf = (other: Seed): string | null => (other.isSwitch ? null : (groups[other.batch] ?? null));
  const isEarlier = (group: string): boolean => {
    const places = seeds.flatMap((other, place) => (batchOf(other) === group ? [place] : []));
    return places.length > 0 && places.every((place) => place < at);
  };
  const candidates = [...seeds.slice(0, at).map((_, place) => nameOf(place)), ...groups.filter(isEarlier)];
  const switches = seeds.slice(0, at).flatMap(({ isSwitch }, place) => (isSwitch ? [nameOf(place)] : []));
  const pick = <Value>(from: Value[], nth: number): Value[] =>
    from.length > 0 ? [from[nth % from.length] as Value] : [];
  return {
    id: nameOf(at),
    kind: seed.isSwitch ? 'switch' : 'code',
    needs: [...new Set(seed.needs.flatMap((nth) => pick(candidates, nth)))],
    trigger: seed.trigger,
    onError: seed.onError,
    batch: batchOf(seed),
    branches: seed.branches.flatMap(({ at: nth, chosen }) => pick(switches, nth).map((id) => ({ switch: id, chosen }))),
    retries: 0,
    backoffMs: 0,
    timeoutMs: null,
    isQuick: false,
    items: null,
  };
};

const graphs = ({ triggers, joins, onErrors }: Kinds): fc.Arbitrary<Graph> =>
  fc
    .record({
      seeds: fc.array(
        fc.record({
          isSwitch: fc.boolean(),
          needs: fc.array(fc.nat(20), { maxLength: 3 }),
          branches: fc.array(fc.record({ at: fc.nat(9), chosen: fc.constantFrom(0, 1, defaultBranch) }), {
            maxLength: 2,
          }),
          batch: fc.nat(5),
          trigger: fc.constantFrom(...triggers),
          onError: fc.constantFrom(...onErrors),
        }),
        { minLength: 1, maxLength: 9 },
      ),
      groups: fc.array(fc.constantFrom(...joins), { minLength: 2, maxLength: 2 }),
    })
    .map(({ seeds, groups }) => {
      const names = groups.map((_, at) => `g${at}`);
      const steps = seeds.map((seed, at) => toStep(seed, at, seeds, names));
      const batches = groups.map(({ join, rest }, at): GraphBatch => {
        const members = steps.filter(({ batch }) => batch === names[at]).map(({ id }) => id);
        return { name: `g${at}`, maxConcurrent: 1000, join, rest, timeoutMs: null, members, ofItems: false };
      });
      return { steps, batches: batches.filter(({ members }) => members.length > 0) };
    });

// --- The same, decided slowly: what the documentation says, step by step in the order of the needs.

const failed = ['failed', 'timed_out', 'cancelled'];
const ended = [...failed, 'completed', 'skipped', 'excluded'];
type Known = Map<string, NodeStatus>;

const endOfAll = (join: Join, ends: NodeStatus[]): NodeStatus => {
  if (ends.every((status) => status === 'skipped' || status === 'excluded')) return 'skipped';
  if (join === 'all_settled') return 'completed';
  const completed = ends.filter((status) => status === 'completed').length;
  if (join === 'all') return ends.some((status) => failed.includes(status)) ? 'failed' : 'completed';
  return completed >= (join === 'any' ? 1 : join) ? 'completed' : 'failed';
};

/** Tries every way in which open members can end. */
const groupStatus = ({ join, rest, members }: GraphBatch, known: Known): NodeStatus => {
  const now = members.map((id) => known.get(id) ?? 'pending');
  const open = now.findIndex((status) => !ended.includes(status));
  if (now.every((status) => status === 'excluded')) return 'excluded';
  if (open < 0) return endOfAll(join, now);
  if (join === 'all_settled' || (join === 'all' && rest === 'continue')) return 'pending';
  const possible = new Set<NodeStatus>();
  const complete = (ends: NodeStatus[]): void => {
    const next = ends.findIndex((status) => !ended.includes(status));
    if (next < 0) possible.add(endOfAll(join, ends));
    else for (const end of ['completed', 'failed', 'skipped'] as const) complete(ends.with(next, end));
  };
  complete(now);
  return possible.size === 1 ? ([...possible][0] as NodeStatus) : 'pending';
};

const decide = (step: GraphStep, graph: Graph, known: Known, choices: Choices): NodeStatus | 'run' | 'wait' => {
  if (step.branches.length > 0) {
    const isTaken = step.branches.some((branch) => choices[branch.switch] === branch.chosen);
    const switches = step.branches.map((branch) => known.get(branch.switch) ?? 'pending');
    if (!isTaken && switches.some((status) => !ended.includes(status))) return 'wait';
    if (!isTaken)
      return switches.some((status) => failed.includes(status) || status === 'skipped') ? 'skipped' : 'excluded';
  }
  const needs = step.needs.map((need) => {
    const group = graph.batches.find(({ name }) => name === need);
    return group ? groupStatus(group, known) : (known.get(need) ?? 'pending');
  });
  if (step.trigger === 'one_success' && needs.includes('completed')) return 'run';
  if (needs.some((status) => !ended.includes(status))) return 'wait';
  const isWilling: Record<Trigger, boolean> = {
    all_success: needs.every((status) => status === 'completed'),
    one_success: needs.length === 0,
    none_failed: !needs.some((status) => failed.includes(status)),
    all_done: true,
    always: true,
  };
  if (isWilling[step.trigger]) return 'run';
  return needs.every((status) => status === 'completed' || status === 'excluded') ? 'excluded' : 'skipped';
};

/** One decision at a time, from the beginning after each. */
const advanceSlowly = (graph: Graph, statuses: Statuses, choices: Choices, isStopping: boolean) => {
  const known: Known = new Map(Object.entries(statuses));
  const open = () => graph.steps.filter(({ id }) => !known.has(id));
  if (isStopping) for (const { id, trigger } of open()) if (trigger !== 'always') known.set(id, 'cancelled');
  for (;;) {
    const one = open().find((step) => !['run', 'wait'].includes(decide(step, graph, known, choices)));
    if (one) {
      known.set(one.id, decide(one, graph, known, choices) as NodeStatus);
      continue;
    }
    const over = graph.batches.filter((group) => group.rest === 'cancel' && groupStatus(group, known) !== 'pending');
    const late = open().filter(({ batch }) => over.some(({ name }) => name === batch));
    if (late.length === 0) break;
    for (const { id } of late) known.set(id, 'cancelled');
  }
  const start = open().filter((step) => decide(step, graph, known, choices) === 'run');
  const unrun = [...known].filter(([id]) => statuses[id] === undefined);
  return { start: start.map(({ id }) => id), unrun: Object.fromEntries(unrun) };
};

// --- A run: the machine of flows, with steps that end as drawn, in the order drawn.

type Outcome = { status: NodeStatus; chosen: number; obeys: boolean };
type Drawn = { outcomes: Outcome[]; order: number[] };

const outcomes = fc.array(
  fc.record({
    status: fc.constantFrom<NodeStatus>(
      'completed',
      'completed',
      'completed',
      'failed',
      'timed_out',
      'skipped',
      'cancelled',
    ),
    chosen: fc.constantFrom(0, 1, defaultBranch, noBranch),
    obeys: fc.boolean(),
  }),
  { minLength: 9, maxLength: 9 },
);
const orders = fc.array(fc.nat(100), { minLength: 9, maxLength: 9 });
const draws: fc.Arbitrary<Drawn> = fc.record({ outcomes, order: orders });

type Snapshot = SnapshotFrom<typeof flowMachine>;
type Moment = {
  /** What stands to be decided on. */
  heard: { statuses: Statuses; choices: Choices; isStopping: boolean };
  after: Snapshot['context'];
  started: string[];
  unrun: string[];
};

const play = (graph: Graph, { outcomes: ends, order }: Drawn) => {
  let [snapshot] = initialTransition(flowMachine);
  const moments: Moment[] = [];
  const running: string[] = [];
  const send = (event: FlowEvent): void => {
    const before = snapshot.context;
    const [next, actions] = transition(flowMachine, snapshot, event);
    snapshot = next;
    const started = actions.flatMap(({ type, params }) =>
      type === 'startStep' ? [(params as { step: string }).step] : [],
    );
    const unrun = actions.flatMap(({ type, params }) =>
      type === 'recordUnrun' ? (params as { unrun: { step: string }[] }).unrun.map(({ step }) => step) : [],
    );
    running.push(...started);
    const { choices, isStopping } = next.context;
    const statuses = event.type === 'step.ended' ? { ...before.statuses, [event.step]: event.status } : before.statuses;
    moments.push({ heard: { statuses, choices, isStopping }, after: next.context, started, unrun });
  };
  send({ type: 'loaded', graph, paused: false });
  const settled: string[] = [];
  for (let turn = 0; running.length > 0; turn++) {
    const [step = ''] = running.splice((order[turn % order.length] ?? 0) % running.length, 1);
    const { status, chosen, obeys } = ends[Number(step.slice(1))] as Outcome;
    const isDropped = snapshot.context.dropped.includes(step) && obeys;
    const isSwitch = graph.steps.some(({ id, kind }) => id === step && kind === 'switch');
    const end = isDropped ? 'cancelled' : status;
    settled.push(step);
    send({ type: 'step.ended', step, status: end, chosen: isSwitch && end === 'completed' ? chosen : null });
  }
  return {
    snapshot,
    moments,
    settled: [...settled, ...moments.flatMap(({ unrun }) => unrun)],
    context: snapshot.context,
  };
};

const runs = { numRuns: 3000 };

describe('random flows, whose steps end in random ways and orders', () => {
  test('the run ends, with every step settled once, and is never stuck', () => {
    fc.assert(
      fc.property(graphs(everyKind), draws, (graph, drawn) => {
        const { snapshot, settled, context } = play(graph, drawn);
        expect(snapshot.value).toBe('settling');
        expect(settled.toSorted()).toEqual(graph.steps.map(({ id }) => id).toSorted());
        expect(context.ending?.code).not.toBe('run_stuck');
        for (const { id } of graph.steps) expect(ended).toContain(context.statuses[id]);
      }),
      runs,
    );
  });

  test('how it ends does not depend on the order in which its steps end', () => {
    fc.assert(
      fc.property(graphs(orderless), outcomes, orders, orders, (graph, ends, one, other) => {
        const a = play(graph, { outcomes: ends, order: one }).context;
        const b = play(graph, { outcomes: ends, order: other }).context;
        expect(a.statuses).toEqual(b.statuses);
        expect(a.ending).toEqual(b.ending);
      }),
      runs,
    );
  });

  test('nor on the order of the steps in the file', () => {
    fc.assert(
      fc.property(graphs(everyKind), draws, (graph, drawn) => {
        const turned = { ...graph, steps: graph.steps.toReversed() };
        for (const { heard } of play(graph, drawn).moments) {
          const { statuses, choices, isStopping } = heard;
          const a = advance(graph, statuses, choices, isStopping);
          const b = advance(turned, statuses, choices, isStopping);
          expect(b.start.toSorted()).toEqual(a.start.toSorted());
          const statusOf = ({ step, status }: { step: string; status: string }) => `${step} ${status}`;
          expect(b.unrun.map(statusOf).toSorted()).toEqual(a.unrun.map(statusOf).toSorted());
        }
      }),
      runs,
    );
  });

  test('a step starts once, when its needs allow it, in a branch that is taken, in a group that goes on', () => {
    fc.assert(
      fc.property(graphs(everyKind), draws, (graph, drawn) => {
        const { moments } = play(graph, drawn);
        const started = moments.flatMap((moment) => moment.started);
        expect(new Set(started).size).toBe(started.length);
        for (const moment of moments) {
          const known: Known = new Map(Object.entries(moment.after.statuses));
          for (const id of moment.started) {
            const step = graph.steps.find((other) => other.id === id) as GraphStep;
            expect(decide(step, graph, known, moment.after.choices)).toBe('run');
            const group = graph.batches.find(({ name }) => name === step.batch);
            if (group?.rest === 'cancel') expect(groupStatus(group, known)).toBe('pending');
          }
        }
      }),
      runs,
    );
  });

  test('a step is excluded only by exclusion', () => {
    fc.assert(
      fc.property(graphs(everyKind), draws, (graph, drawn) => {
        const { statuses, choices } = play(graph, drawn).context;
        const known: Known = new Map(Object.entries(statuses));
        for (const step of graph.steps.filter(({ id }) => statuses[id] === 'excluded')) {
          const isTaken = step.branches.some((branch) => choices[branch.switch] === branch.chosen);
          const causes =
            step.branches.length > 0 && !isTaken
              ? step.branches.map((branch) => known.get(branch.switch))
              : step.needs.map((need) => {
                  const group = graph.batches.find(({ name }) => name === need);
                  return group ? groupStatus(group, known) : known.get(need);
                });
          expect(causes.length).toBeGreaterThan(0);
          for (const cause of causes) expect(['completed', 'excluded']).toContain(cause);
          if (isTaken || step.branches.length === 0) expect(causes).toContain('excluded');
        }
      }),
      runs,
    );
  });

  test('it decides what a slow reading of the documentation decides', () => {
    fc.assert(
      fc.property(graphs(everyKind), draws, (graph, drawn) => {
        for (const { heard } of play(graph, drawn).moments) {
          const { statuses, choices, isStopping } = heard;
          const { start, unrun } = advance(graph, statuses, choices, isStopping);
          const slow = advanceSlowly(graph, statuses, choices, isStopping);
          expect(start).toEqual(slow.start);
          expect(Object.fromEntries(unrun.map(({ step, status }) => [step, status]))).toEqual(slow.unrun);
        }
      }),
      runs,
    );
  });
});
