import type { Graph, GraphBatch, GraphStep } from './graph.ts';
import { type Joined, joined, type Tally } from './join.ts';
import type { NodeStatus } from './runs.ts';
import { isBad, isSettled, judge, type Verdict } from './trigger.ts';

/** What has become of the steps; one that is not there is pending. */
export type Statuses = Readonly<Record<string, NodeStatus>>;

/** What each switch that completed has chosen. */
export type Choices = Readonly<Record<string, number>>;

/** A step that never runs, and the needs that decided it. */
export type Unrun = { step: string; status: 'skipped' | 'excluded' | 'cancelled'; because: string[] };

export type Advance = { start: string[]; unrun: Unrun[] };

const statusOf = (statuses: Statuses, id: string): NodeStatus => statuses[id] ?? 'pending';

export const tallyOf = (members: readonly string[], statuses: Statuses): Tally => {
  const tally: Tally = { total: members.length, completed: 0, bad: 0, neither: 0 };
  for (const member of members) {
    const status = statusOf(statuses, member);
    if (status === 'completed') tally.completed++;
    else if (isBad(status)) tally.bad++;
    else if (isSettled(status)) tally.neither++;
  }
  return tally;
};

/** A map has joined its items itself. */
const endOfMap = (status: NodeStatus): Joined | null => {
  if (!isSettled(status)) return null;
  if (status === 'completed') return 'completed';
  return isBad(status) ? 'failed' : 'skipped';
};

const endOf = (group: GraphBatch, statuses: Statuses): Joined | null =>
  group.ofItems
    ? endOfMap(statusOf(statuses, group.members[0] ?? ''))
    : joined(group, tallyOf(group.members, statuses));

/** How a batch group has ended, by the states of its members. */
export const groupEnd = (graph: Graph, name: string, statuses: Statuses): Joined | null => {
  const group = graph.batches.find((batch) => batch.name === name);
  return group ? endOf(group, statuses) : null;
};

/** A need is a step or a batch group. A group is excluded when all of its members are. */
const needStatus = (graph: Graph, statuses: Statuses, need: string): NodeStatus => {
  const group = graph.batches.find(({ name }) => name === need);
  if (!group) return statusOf(statuses, need);
  const isExcluded = group.members.every((member) => statusOf(statuses, member) === 'excluded');
  return isExcluded ? 'excluded' : (groupEnd(graph, need, statuses) ?? 'pending');
};

type Alive = { verdict: 'alive' | 'wait' } | { verdict: 'dead'; status: 'skipped' | 'excluded'; because: string[] };

/** Whether one of the branches that list the step is taken. A step that no branch lists is alive. */
const liveness = ({ branches }: GraphStep, statuses: Statuses, choices: Choices): Alive => {
  if (branches.length === 0) return { verdict: 'alive' };
  if (branches.some(({ switch: id, chosen }) => choices[id] === chosen)) return { verdict: 'alive' };
  const switches = [...new Set(branches.map((branch) => branch.switch))];
  if (!switches.every((id) => isSettled(statusOf(statuses, id)))) return { verdict: 'wait' };
  const undecided = switches.filter((id) => {
    const status = statusOf(statuses, id);
    return isBad(status) || status === 'skipped';
  });
  return undecided.length > 0
    ? { verdict: 'dead', status: 'skipped', because: undecided }
    : { verdict: 'dead', status: 'excluded', because: switches };
};

const unrunOf = (
  verdict: Verdict,
  needs: readonly string[],
  graph: Graph,
  statuses: Statuses,
): Omit<Unrun, 'step'> => ({
  status: verdict === 'exclude' ? 'excluded' : 'skipped',
  because: needs.filter((need) => needStatus(graph, statuses, need) !== 'completed'),
});

const judgeStep = (graph: Graph, step: GraphStep, statuses: Statuses, choices: Choices): 'run' | 'wait' | Unrun => {
  const alive = liveness(step, statuses, choices);
  if (alive.verdict === 'wait') return 'wait';
  if (alive.verdict === 'dead') return { step: step.id, status: alive.status, because: alive.because };
  const verdict = judge(
    step.trigger,
    step.needs.map((need) => needStatus(graph, statuses, need)),
  );
  if (verdict === 'run' || verdict === 'wait') return verdict;
  return { step: step.id, ...unrunOf(verdict, step.needs, graph, statuses) };
};

/** Whether the states of the others say that the step is to run now. */
export const isDue = (graph: Graph, id: string, statuses: Statuses, choices: Choices): boolean => {
  const step = graph.steps.find((one) => one.id === id);
  return step !== undefined && judgeStep(graph, step, statuses, choices) === 'run';
};

/** Members of a group that has joined early and does not let its rest run: they are no longer wanted. */
export const unwanted = (graph: Graph, statuses: Statuses): string[] =>
  graph.batches
    .filter((group) => group.rest === 'cancel' && endOf(group, statuses) !== null)
    .flatMap(({ members }) => members.filter((member) => !isSettled(statusOf(statuses, member))));

/**
 * All that can be decided now: the steps to start, and those that never run, with what follows from them.
 * `isStopping`: only steps whose trigger is `always` still start; the others are cancelled.
 */
export const advance = (graph: Graph, statuses: Statuses, choices: Choices, isStopping: boolean): Advance => {
  const known: Record<string, NodeStatus> = { ...statuses };
  const unrun: Unrun[] = [];
  const pending = (): GraphStep[] => graph.steps.filter(({ id }) => statusOf(known, id) === 'pending');
  const settle = (one: Unrun): void => {
    known[one.step] = one.status;
    unrun.push(one);
  };
  if (isStopping) {
    const because = graph.steps
      .filter(({ id, onError }) => onError === 'stop' && isBad(statusOf(known, id)))
      .map(({ id }) => id);
    const stopped = pending().filter(({ trigger }) => trigger !== 'always');
    for (const { id } of stopped) settle({ step: id, status: 'cancelled', because });
  }
  // What a step's needs say comes before what the end of its group does, and both before any start: so nothing depends
  // on the order in the file, and nothing starts that is no longer wanted.
  for (let hasMoved = true; hasMoved; ) {
    const before = unrun.length;
    for (const step of pending()) {
      const verdict = judgeStep(graph, step, known, choices);
      if (typeof verdict === 'object') settle(verdict);
    }
    if (unrun.length === before) {
      const dropped = new Set(unwanted(graph, known));
      const over = pending().filter(({ id }) => dropped.has(id));
      for (const { id, batch } of over) settle({ step: id, status: 'cancelled', because: [batch ?? ''] });
    }
    hasMoved = unrun.length > before;
  }
  const start = pending().filter((step) => judgeStep(graph, step, known, choices) === 'run');
  return { start: start.map(({ id }) => id), unrun };
};

const toleratingTriggers: readonly string[] = ['one_success', 'all_done', 'always'];

/** Whether a step that needs one of them tolerates their failure, and has come to run. */
const isTolerated = (graph: Graph, statuses: Statuses, failed: readonly (string | null)[]): boolean =>
  graph.steps.some(
    ({ id, needs, trigger }) =>
      needs.some((need) => failed.includes(need)) &&
      toleratingTriggers.includes(trigger) &&
      statuses[id] !== undefined &&
      !['pending', 'skipped', 'excluded', 'cancelled'].includes(statusOf(statuses, id)),
  );

/** Groups whose join was not met although no member failed: too few of them ran. A failed member is reported separately. */
const unmet = (graph: Graph, statuses: Statuses): string[] =>
  graph.batches
    .filter(
      (group) =>
        group.ofItems === false &&
        endOf(group, statuses) === 'failed' &&
        !group.members.some((member) => isBad(statusOf(statuses, member))) &&
        !graph.steps.filter(({ batch }) => batch === group.name).every(({ onError }) => onError === 'continue') &&
        !isTolerated(graph, statuses, [group.name]),
    )
    .map(({ name }) => name);

/** Steps that failed, and groups that were not met, with nothing that tolerates it: they fail the run. */
export const faults = (graph: Graph, statuses: Statuses): string[] => {
  const tolerates = ({ id, onError, batch }: GraphStep): boolean =>
    onError === 'continue' ||
    (batch !== null && groupEnd(graph, batch, statuses) === 'completed') ||
    isTolerated(graph, statuses, [id, batch]);
  const failed = graph.steps.filter((step) => isBad(statusOf(statuses, step.id)) && !tolerates(step));
  return [...failed.map(({ id }) => id), ...unmet(graph, statuses)];
};
