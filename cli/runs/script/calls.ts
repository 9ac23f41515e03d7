import type { RunNode, RunView } from '../../../contracts/runs.ts';

/** Of a script's run, in the order in which it asked. */
export const callsOf = ({ nodes }: Pick<RunView, 'nodes'>): RunNode[] =>
  Object.values(nodes).toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));

export const isAgent = ({ kind }: RunNode): boolean => kind === 'agent';

export type Phase = {
  /** Null: asked for before any phase began. */
  title: string | null;
  calls: RunNode[];
};

/** Those that `meta` declares, in its order, then others as they came; calls without a phase first. */
export const phasesOf = (view: Pick<RunView, 'nodes' | 'script'>): Phase[] => {
  const phases = new Map<string | null, RunNode[]>([[null, []]]);
  for (const { title } of view.script?.meta.phases ?? []) phases.set(title, []);
  for (const { kind, text } of view.script?.lines ?? []) {
    if (kind === 'phase' && !phases.has(text)) phases.set(text, []);
  }
  for (const call of callsOf(view)) {
    const calls = phases.get(call.phase);
    if (calls) calls.push(call);
    else phases.set(call.phase, [call]);
  }
  return [...phases]
    .map(([title, calls]) => ({ title, calls }))
    .filter(({ title, calls }) => title !== null || calls.length > 0);
};
