import type { EverturnError } from '../../../contracts/errors.ts';
import type { RunDetail } from '../../../contracts/run-detail.ts';
import { hasEnded, reduceRunEvents } from '../../../contracts/run-view.ts';
import type { RunNode, RunView } from '../../../contracts/runs.ts';
import type { Address, RunTab, RunTarget } from '../../shell/model/address.ts';
import type { Connection } from '../../shell/model/connection.ts';
import type { Action } from '../../shell/state/actions.ts';
import type {
  ComparableState,
  ComparedState,
  ItemList,
  ReportState,
  ResultState,
  RunVerb,
  SourceState,
} from '../model/open-run.ts';

type RunAddress = Extract<Address, { page: 'run' }>;

/** The run that is open. `view` is null until its first snapshot. */
export type OpenRun = {
  runId: string;
  view: RunView | null;
  /** Undefined: too long to come along, read on demand. */
  input: unknown;
  output: unknown;
  connection: Connection;
  tab: RunTab;
  /** Of the run to compare with, as the address names it. */
  other: string | null;
  /** The place that the address asks to show. */
  target: RunTarget | null;
  items: Record<string, ItemList>;
  /** By key of the node, as long as it does not change. */
  results: Record<string, ResultState>;
  report: ReportState | null;
  source: SourceState | null;
  comparable: ComparableState | null;
  compared: ComparedState | null;
  /** What was asked of the run and is not yet seen in it. */
  asked: RunVerb | null;
  rerunError: EverturnError | null;
  rerunFrom: string | null;
};

const opened = ({ id, tab, other, target }: RunAddress): OpenRun => ({
  runId: id,
  tab,
  other,
  view: null,
  input: undefined,
  output: undefined,
  connection: { state: 'connecting' },
  target,
  items: {},
  results: {},
  report: null,
  source: null,
  comparable: null,
  compared: null,
  asked: null,
  rerunError: null,
  rerunFrom: null,
});

/** Whether the view shows what was asked for. */
const isSeen = (asked: RunVerb | null, { run }: RunView): boolean =>
  asked === null ||
  run.status !== 'running' ||
  (asked === 'pause' && run.paused) ||
  (asked === 'resume' && !run.paused);

/** What was declared stays the same object: it never changes while a run is open. */
const adopt = (open: OpenRun, { input, output, ...view }: RunDetail): OpenRun => ({
  ...open,
  view: { ...view, steps: open.view?.steps ?? view.steps, batches: open.view?.batches ?? view.batches },
  // Null is an answer: there is none.
  input: input === undefined ? open.input : input,
  output: output === undefined || view.run.status !== 'completed' ? open.output : output,
  asked: isSeen(open.asked, view) ? null : open.asked,
});

const without = <Value>(record: Record<string, Value>, keys: ReadonlySet<string>): Record<string, Value> =>
  Object.keys(record).some((key) => keys.has(key))
    ? Object.fromEntries(Object.entries(record).filter(([key]) => !keys.has(key)))
    : record;

/** Rows that are shown follow their events; a row stays where it is even when it no longer fits the filter. */
const followItems = (lists: OpenRun['items'], changed: readonly RunNode[]): OpenRun['items'] => {
  const byKey = new Map(changed.filter(({ index }) => index !== null).map((node) => [node.key, node]));
  if (byKey.size === 0) return lists;
  const follow = (list: ItemList): ItemList =>
    list.items.some(({ key }) => byKey.has(key))
      ? { ...list, items: list.items.map((item) => byKey.get(item.key) ?? item) }
      : list;
  return Object.fromEntries(Object.entries(lists).map(([step, list]) => [step, follow(list)]));
};

const update = (open: OpenRun, action: Action): OpenRun => {
  switch (action.type) {
    case 'run-snapshot':
      return adopt(open, action.detail);
    case 'run-read':
      // A stream that is further on knows better of all but what no event tells.
      if (open.view && action.detail.position < open.view.position) {
        const { usage, artifacts } = action.detail;
        return { ...open, view: { ...open.view, usage, artifacts } };
      }
      return adopt(open, action.detail);
    case 'run-events': {
      if (!open.view) return open;
      const view = reduceRunEvents(open.view, action.events);
      const changed = action.events.flatMap(({ event }) => (event.type === 'node.changed' ? [event.node] : []));
      return {
        ...open,
        view,
        items: followItems(open.items, changed),
        results: without(open.results, new Set(changed.map(({ key }) => key))),
        asked: isSeen(open.asked, view) ? null : open.asked,
      };
    }
    case 'run-connection':
      return { ...open, connection: action.connection };
    case 'items':
      return { ...open, items: { ...open.items, [action.step]: action.list } };
    case 'result':
      return { ...open, results: { ...open.results, [action.key]: action.result } };
    case 'run-ends':
      return { ...open, input: action.input, output: action.output };
    case 'report':
      return { ...open, report: action.report };
    case 'run-source':
      return { ...open, source: action.source };
    case 'comparable':
      return { ...open, comparable: action.comparable };
    case 'compared':
      return { ...open, compared: action.compared };
    case 'compared-result':
      return open.compared?.id === action.other
        ? {
            ...open,
            compared: { ...open.compared, results: { ...open.compared.results, [action.key]: action.result } },
          }
        : open;
    case 'run-asked':
      return { ...open, asked: action.verb, rerunError: null };
    case 'rerun-failed':
      return { ...open, asked: null, rerunError: action.error };
    case 'rerun-from':
      return { ...open, rerunFrom: action.step, rerunError: null };
    default:
      return open;
  }
};

export const updateRun = (open: OpenRun | null, action: Action): OpenRun | null => {
  if (action.type === 'place') {
    const { address } = action;
    if (address.page !== 'run') return null;
    const { id, tab, other, target } = address;
    return id === open?.runId ? { ...open, tab, other, target } : opened(address);
  }
  return open && 'runId' in action && action.runId === open.runId ? update(open, action) : open;
};

/** Whether there is something in the run that can still change. */
export const isActive = (open: OpenRun): boolean => open.view?.run.status === 'running';

export const mayHaveResult = (node: RunNode | undefined): node is RunNode =>
  node !== undefined && hasEnded(node.status) && node.status !== 'skipped' && node.status !== 'excluded';
