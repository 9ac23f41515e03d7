import { toMs } from './duration.ts';
import type { BatchGroup, Flow, Join, OnError, Rest, Step, StepKind, Trigger } from './flow.ts';
import type { NodeKind } from './runs.ts';

/** How many members run at once, and when and how the whole has ended. */
export type FanOut = { maxConcurrent: number; join: Join; rest: Rest; timeoutMs: number | null };

export type GraphStep = {
  id: string;
  kind: NodeKind;
  /** Steps and batch groups. */
  needs: string[];
  trigger: Trigger;
  onError: OnError;
  batch: string | null;
  /** The branches that list the step: it runs when one of them is taken. */
  branches: { switch: string; chosen: number }[];
  retries: number;
  backoffMs: number;
  /** Of one attempt. */
  timeoutMs: number | null;
  /** What the step itself does takes milliseconds, and is done within the workflow's own task, by local activities. */
  isQuick: boolean;
  /** Of a step that maps. */
  items: { kind: StepKind; isQuick: boolean; timeoutMs: number | null; fanOut: FanOut } | null;
};

export type GraphBatch = FanOut & {
  name: string;
  /** Steps. */
  members: string[];
  /**
   * The items of its one member, a map, are what it joins: it ends as that step does. Undefined in the graphs of runs that
   * earlier releases began: those end as they did then.
   */
  ofItems?: boolean;
};

/** What a run's workflow knows of its definition: ids and numbers, nothing that a user wrote as text. */
export type Graph = { steps: GraphStep[]; batches: GraphBatch[] };

const codeTimeoutMs = 10_000;
const agentTimeoutMs = 3_600_000;
const defaultConcurrency = 8;

/** The default branch of a switch, and what a switch has chosen when nothing matched and there is no default. */
export const defaultBranch = -1;
export const noBranch = -2;

const defaultRest = (join: Join): Rest => (join === 'all' || join === 'all_settled' ? 'continue' : 'cancel');

const timeoutOf = (kind: StepKind, timeout: Step['timeout']): number | null => {
  if (timeout !== undefined) return toMs(timeout);
  return kind === 'code' ? codeTimeoutMs : kind === 'agent' ? agentTimeoutMs : null;
};

/** All but code that may take its time: what an agent, a user, items or another flow do is not done by the step. */
const isQuick = (kind: StepKind, timeoutMs: number | null): boolean =>
  kind !== 'code' || (timeoutMs ?? codeTimeoutMs) <= codeTimeoutMs;

const groupFanOut = ({ maxConcurrent, join, rest, timeout }: BatchGroup): FanOut => ({
  maxConcurrent,
  join,
  rest: rest ?? defaultRest(join),
  timeoutMs: timeout === undefined ? null : toMs(timeout),
});

/** What is done for each item of a step that maps. */
export const itemKind = (step: Extract<Step, { kind: 'map' }>): StepKind =>
  step.code !== undefined ? 'code' : step.flow !== undefined ? 'flow' : 'agent';

const itemsOf = (step: Step, flow: Flow): GraphStep['items'] => {
  if (step.kind !== 'map') return null;
  const kind = itemKind(step);
  const timeoutMs = timeoutOf(kind, step.itemTimeout);
  const group = step.batch === undefined ? undefined : flow.batches[step.batch];
  const join = step.join ?? 'all';
  const own = {
    maxConcurrent: step.maxConcurrent ?? defaultConcurrency,
    join,
    rest: step.rest ?? defaultRest(join),
    timeoutMs: null,
  };
  return { kind, isQuick: isQuick(kind, timeoutMs), timeoutMs, fanOut: group ? groupFanOut(group) : own };
};

const branchesByStep = (flow: Flow): Map<string, GraphStep['branches']> => {
  const branches = new Map<string, GraphStep['branches']>();
  for (const step of flow.steps) {
    if (step.kind !== 'switch') continue;
    const lists = step.cases.map(({ steps }, chosen) => ({ steps, chosen }));
    for (const { steps, chosen } of [...lists, { steps: step.default ?? [], chosen: defaultBranch }]) {
      for (const id of steps) branches.set(id, [...(branches.get(id) ?? []), { switch: step.id, chosen }]);
    }
  }
  return branches;
};

/** Pure. The flow has passed the check of its file. */
export const toGraph = (flow: Flow): Graph => {
  const branches = branchesByStep(flow);
  const steps = flow.steps.map((step): GraphStep => {
    const timeoutMs = timeoutOf(step.kind, step.timeout);
    return {
      id: step.id,
      kind: step.kind,
      needs: step.needs,
      trigger: step.trigger,
      onError: step.onError,
      batch: 'batch' in step ? (step.batch ?? null) : null,
      branches: branches.get(step.id) ?? [],
      retries: step.retries,
      backoffMs: toMs(step.backoff),
      timeoutMs,
      isQuick: isQuick(step.kind, timeoutMs),
      items: itemsOf(step, flow),
    };
  });
  const batches = Object.entries(flow.batches).map(([name, group]): GraphBatch => {
    const members = steps.filter(({ batch }) => batch === name);
    return {
      name,
      ...groupFanOut(group),
      members: members.map(({ id }) => id),
      ofItems: members.some(({ items }) => items !== null),
    };
  });
  return { steps, batches };
};

/** The same graph with nothing evaluated in workflow tasks. */
export const withoutQuick = ({ steps, batches }: Graph): Graph => ({
  steps: steps.map((step) => ({ ...step, isQuick: false, items: step.items && { ...step.items, isQuick: false } })),
  batches,
});
