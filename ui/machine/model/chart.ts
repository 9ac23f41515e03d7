import type { MachineDefinition, MachineMove, MachineState, MachineTransition } from '../../../contracts/workflows.ts';
import { duration } from '../../parts/model/format.ts';
import type { LayoutInput } from '../../parts/model/layout.ts';

/** A line from state to state: all transitions that lead the same way. */
export type ChartEdge = { id: string; from: string; to: string; transitions: MachineTransition[] };

/** `any`: stands for all states within a compound one, from which its own transitions start. */
export type ChartNode = {
  id: string;
  name: string;
  kind: 'state' | 'final' | 'any';
  state: MachineState;
  effects: string[];
};

export type Chart = { nodes: ChartNode[]; groups: MachineState[]; edges: ChartEdge[]; definition: MachineDefinition };

const anyId = (state: string): string => `${state}/any`;
const isGroup = ({ kind }: MachineState): boolean => kind === 'compound' || kind === 'parallel';

/** Entering a compound state enters its first one. */
const entered = (definition: MachineDefinition, id: string): string => {
  const inner = definition.states.find(({ parent, initial }) => parent === id && initial);
  return inner ? entered(definition, inner.id) : id;
};

/** What is drawn of a machine. Transitions that stay in their state are in no line. */
export const chartOf = (definition: MachineDefinition): Chart => {
  const { states, transitions } = definition;
  const groups = states.filter(isGroup);
  const nodes = states
    .filter((state) => !isGroup(state))
    .map((state): ChartNode => {
      const { id, name, kind, entry } = state;
      return { id, name, kind: kind === 'final' ? 'final' : 'state', state, effects: entry };
    });
  const edges = new Map<string, ChartEdge>();
  for (const transition of transitions) {
    const { from, to } = transition;
    const source = states.find(({ id }) => id === from);
    if (to === null || !source) continue;
    const start = isGroup(source) ? anyId(from) : from;
    const id = `${start} → ${entered(definition, to)}`;
    const known = edges.get(id);
    if (known) known.transitions.push(transition);
    else edges.set(id, { id, from: start, to: entered(definition, to), transitions: [transition] });
  }
  for (const group of groups) {
    if (![...edges.values()].some(({ from }) => from === anyId(group.id))) continue;
    nodes.push({ id: anyId(group.id), name: 'any of these', kind: 'any', state: group, effects: [] });
  }
  return { nodes, groups, edges: [...edges.values()], definition };
};

/** `15000` and the names of delays, in words. */
const delayWords = (delay: string): string => (/^\d+$/.test(delay) ? duration(Number(delay)) : delay);

export const transitionWords = ({ on, event, guard }: MachineTransition): string => {
  const cause = on === 'delay' ? `after ${delayWords(event)}` : event;
  return [cause, guard === null ? '' : `[${guard}]`].filter((part) => part !== '').join(' ') || 'at once';
};

/** What a path tells of an event: delays are events of their own to XState. */
export const eventWords = (event: string | null): string => {
  if (event === null) return 'start';
  const delay = /^xstate\.after\.([^.]+)\./.exec(event)?.[1];
  return delay === undefined ? event : `after ${delayWords(delay)}`;
};

const maxLines = 3;

export const edgeLines = ({ transitions }: ChartEdge): string[] => {
  const lines = [...new Set(transitions.map(transitionWords))];
  return lines.length <= maxLines ? lines : [...lines.slice(0, maxLines - 1), `${lines.length - maxLines + 1} more`];
};

export const characterWidth = 6.1;
export const lineHeight = 15;

export const sizeOfNode = ({ name, kind, effects }: ChartNode): { width: number; height: number } => {
  if (kind === 'any') return { width: 92, height: 22 };
  const longest = Math.max(name.length * 7.6, ...effects.map((effect) => (effect.length + 2) * 6.4));
  return { width: Math.max(118, Math.min(longest + 40, 240)), height: 42 + effects.length * 15 };
};

export const layoutOfChart = ({ nodes, groups, edges }: Chart, direction: 'LR' | 'TB'): LayoutInput => ({
  direction,
  gap: direction === 'LR' ? { node: 30, rank: 26 } : { node: 26, rank: 26 },
  nodes: nodes.map((node) => ({
    id: node.id,
    ...sizeOfNode(node),
    group: node.kind === 'any' ? node.state.id : node.state.parent,
  })),
  groups: groups.map(({ id, parent }) => ({ id, group: parent })),
  edges: edges.map((edge) => {
    const lines = edgeLines(edge);
    const longest = Math.max(...lines.map(({ length }) => length));
    return {
      id: edge.id,
      from: edge.from,
      to: edge.to,
      label: { width: Math.min(longest * characterWidth + 14, 230), height: lines.length * lineHeight + 4 },
    };
  }),
});

export type Visit = { times: number; ms: number };

/** One move of a path. `ms`: how long the machine was there; null: it still is. */
export type Step = { at: string; event: string; states: string[]; ms: number | null };

export type Journey = {
  steps: Step[];
  /** By innermost state. */
  visits: Record<string, Visit>;
  /** Ids of the lines that were taken, and how often. */
  taken: Record<string, number>;
};

const withParents = (id: string): string[] => {
  const parts = id.split('.');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
};

const causes = ({ on, event }: MachineTransition, heard: string | null): boolean =>
  on === 'delay' ? (heard?.startsWith(`xstate.after.${event}.`) ?? false) : on === 'event' && event === heard;

/** The lines from one state to another: the one that the event asks for, and those that follow without one. */
const linesBetween = ({ edges, definition }: Chart, from: string, to: string, heard: string | null): string[] => {
  const above = new Set(withParents(from));
  const lineOf = (transition: MachineTransition): ChartEdge | undefined =>
    edges.find(({ transitions }) => transitions.includes(transition));
  const follow = (at: string, seen: readonly string[]): string[] | null => {
    if (at === to) return [];
    const around = new Set(withParents(at));
    for (const transition of definition.transitions) {
      if (transition.on !== 'always' || !around.has(transition.from)) continue;
      const line = lineOf(transition);
      if (!line || seen.includes(line.id)) continue;
      const rest = follow(line.to, [...seen, line.id]);
      if (rest) return [line.id, ...rest];
    }
    return null;
  };
  for (const transition of definition.transitions) {
    if (!above.has(transition.from) || !causes(transition, heard)) continue;
    const line = lineOf(transition);
    const rest = line && follow(line.to, [line.id]);
    if (line && rest) return [line.id, ...rest];
  }
  // What changed the context alone may have opened a condition.
  return follow(from, []) ?? [];
};

/** Where a machine has been, how long, and on which lines. `now`: until when it is in its last state. */
export const journeyOf = (chart: Chart, path: readonly MachineMove[], now: number, isDone: boolean): Journey => {
  const journey: Journey = { steps: [], visits: {}, taken: {} };
  path.forEach(({ at, event, states }, index) => {
    const next = path[index + 1];
    const isLast = next === undefined;
    const ms = Math.max(0, (next ? Date.parse(next.at) : now) - Date.parse(at));
    journey.steps.push({ at, event: eventWords(event), states, ms: isLast ? null : ms });
    for (const state of states) {
      const visit = journey.visits[state] ?? { times: 0, ms: 0 };
      journey.visits[state] = { times: visit.times + 1, ms: visit.ms + (isLast && isDone ? 0 : ms) };
    }
    const before = path[index - 1];
    for (const from of before?.states ?? []) {
      for (const to of states) {
        for (const id of linesBetween(chart, from, to, event)) journey.taken[id] = (journey.taken[id] ?? 0) + 1;
      }
    }
  });
  return journey;
};
