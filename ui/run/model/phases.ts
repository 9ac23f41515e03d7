import { hasEnded } from '../../../contracts/run-view.ts';
import type { ItemCounts, NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { duration } from '../../parts/model/format.ts';
import { resultText } from './steps.ts';

/** A phase of a script's run with its calls in the order they were asked. `title` is null for calls of no phase. */
export type Phase = {
  title: string | null;
  detail: string;
  model: string | null;
  calls: RunNode[];
  counts: ItemCounts;
  reused: number;
  tokens: number;
  dollars: number;
  startedAt: string | null;
  /** Null while one of its calls has not ended. */
  endedAt: string | null;
};

type Head = Pick<Phase, 'title' | 'detail' | 'model'>;

const byOrdinal = (a: RunNode, b: RunNode): number => (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity);

/** Some calls end as soon as they are asked: their result comes from this very run. */
export const reusedFrom = ({ reusedFrom, key }: RunNode): string | null =>
  reusedFrom !== null && !key.startsWith(`run/${reusedFrom}/`) ? reusedFrom : null;

const gather = (head: Head, calls: RunNode[]): Phase => {
  const counts: ItemCounts = {};
  const phase: Phase = { ...head, calls, counts, reused: 0, tokens: 0, dollars: 0, startedAt: null, endedAt: null };
  for (const call of calls) {
    counts[call.status] = (counts[call.status] ?? 0) + 1;
    if (reusedFrom(call)) phase.reused += 1;
    phase.tokens += (call.usage?.input ?? 0) + (call.usage?.output ?? 0);
    phase.dollars += call.usage?.cost ?? 0;
    if (call.startedAt && (phase.startedAt === null || call.startedAt < phase.startedAt)) {
      phase.startedAt = call.startedAt;
    }
    if (call.endedAt && (phase.endedAt === null || call.endedAt > phase.endedAt)) phase.endedAt = call.endedAt;
  }
  if (!calls.every(({ status }) => hasEnded(status))) phase.endedAt = null;
  return phase;
};

/** Declared phases in their order, then others as they were first narrated or used; calls of none come first. */
export const phasesOf = ({ script, nodes }: Pick<RunView, 'script' | 'nodes'>): Phase[] => {
  const heads = new Map<string | null, Head>();
  const see = (title: string): void => {
    if (!heads.has(title)) heads.set(title, { title, detail: '', model: null });
  };
  for (const { title, detail = '', model = null } of script?.meta.phases ?? []) {
    if (!heads.has(title)) heads.set(title, { title, detail, model });
  }
  for (const { kind, text } of script?.lines ?? []) if (kind === 'phase') see(text);
  const calls = new Map<string | null, RunNode[]>();
  for (const call of Object.values(nodes).sort(byOrdinal)) {
    if (call.phase !== null) see(call.phase);
    const others = calls.get(call.phase);
    if (others) others.push(call);
    else calls.set(call.phase, [call]);
  }
  const without = calls.get(null);
  return [
    ...(without ? [gather({ title: null, detail: '', model: null }, without)] : []),
    ...[...heads.values()].map((head) => gather(head, calls.get(head.title) ?? [])),
  ];
};

const isSame = (a: Phase, b: Phase): boolean =>
  a.title === b.title && a.calls.length === b.calls.length && a.calls.every((call, at) => call === b.calls[at]);

/** Phases in which nothing changed stay the same objects, so that they are not drawn again. */
export const keepSame = (before: readonly Phase[], after: readonly Phase[]): Phase[] =>
  after.map((phase) => before.find((known) => isSame(known, phase)) ?? phase);

/** What a call is shown as. */
export const callName = ({ label, kind, step }: Pick<RunNode, 'label' | 'kind' | 'step'>): string =>
  label ?? `${kind} ${step.slice(0, 8)}`;

/** Until when a call sleeps: its label says how long. */
export const sleepsUntil = ({ kind, label, status, startedAt }: RunNode): string | null => {
  const seconds = kind === 'sleep' ? /^(\d+(?:\.\d+)?) s$/.exec(label ?? '')?.[1] : undefined;
  if (seconds === undefined || startedAt === null || hasEnded(status)) return null;
  return new Date(Date.parse(startedAt) + Number(seconds) * 1000).toISOString();
};

export const sleepWords = ({ label }: RunNode): string => {
  const seconds = Number.parseFloat(label ?? '');
  return Number.isNaN(seconds) ? 'sleep' : `sleep ${duration(seconds * 1000)}`;
};

export type CallFilter = 'all' | 'open' | 'reused' | 'again' | NodeStatus;

const isOpen = ({ status }: RunNode): boolean => status === 'running' || status === 'waiting';
const isBad = ({ status }: RunNode): boolean => status === 'failed' || status === 'timed_out';

export const fits = (call: RunNode, filter: CallFilter): boolean => {
  switch (filter) {
    case 'all':
      return true;
    case 'open':
      return isOpen(call) || isBad(call);
    case 'reused':
      return reusedFrom(call) !== null;
    case 'again':
      return call.freshBecause !== null;
    default:
      return call.status === filter;
  }
};

/** `12 of 20 calls` for the head of a run. */
export const callProgress = ({ nodes }: Pick<RunView, 'nodes'>): { done: number; total: number } => {
  const calls = Object.values(nodes);
  return { done: calls.filter(({ status }) => hasEnded(status)).length, total: calls.length };
};

/** Labels by which agents of a run can be asked to run afresh, each once. */
export const agentLabels = ({ nodes }: Pick<RunView, 'nodes'>): string[] => [
  ...new Set(
    Object.values(nodes)
      .sort(byOrdinal)
      .flatMap(({ kind, label }) => (kind === 'agent' && label !== null ? [label] : [])),
  ),
];

/** What a call asked for, in parts with their names: the prompt as it was written, all else as JSON. */
export const askedOf = (params: unknown): [label: string, text: string][] => {
  if (typeof params !== 'object' || params === null) return [];
  const asked: Record<string, unknown> = { ...params };
  // Its label and its phase are shown with the call.
  const { prompt, label: _label, phase: _phase, ...options } = asked;
  return [
    ...(typeof prompt === 'string' ? [['Prompt', prompt] satisfies [string, string]] : []),
    ...(Object.keys(options).length > 0 ? [['Asked with', resultText(options)] satisfies [string, string]] : []),
  ];
};
