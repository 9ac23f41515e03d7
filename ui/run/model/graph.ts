import { defaultBranch, noBranch } from '../../../contracts/graph.ts';
import type { DeclaredStep, ItemCounts, NodeKind, NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { callName, phasesOf } from './phases.ts';
import { statusOf } from './steps.ts';

/** How a node is drawn: its state, or that its result was used again. */
export type NodeTone = NodeStatus | 'reused';

export type GraphNode = {
  id: string;
  name: string;
  /** `join`: where the members of a batch come together before what follows. */
  kind: NodeKind | 'join';
  tone: NodeTone;
  node: RunNode | undefined;
  /** Of a step that maps. */
  counts: ItemCounts | undefined;
  group: string | null;
};

export type EdgeState = 'waiting' | 'done' | 'live' | 'cut';

export type GraphEdge = {
  id: string;
  from: string;
  to: string;
  /** Of a branch: the case. */
  label: string;
  /** `done`: what it comes from has ended. `live`: and what it leads to works. `cut`: a branch that was not taken. */
  state: EdgeState;
};

export type GraphGroup = {
  id: string;
  title: string;
  /** What else there is to say of it: how many at once, the model. */
  detail: string;
  counts: ItemCounts;
};

export type RunGraph = { nodes: GraphNode[]; edges: GraphEdge[]; groups: GraphGroup[] };

export const batchId = (name: string): string => `batch:${name}`;
const joinId = (name: string): string => `join:${name}`;
export const phaseId = (title: string | null): string => `phase:${title ?? ''}`;

const tally = (nodes: readonly GraphNode[]): ItemCounts => {
  const counts: ItemCounts = {};
  for (const { node } of nodes) {
    const status = statusOf(node);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
};

/** `asking`: sessions in which a tool call waits for a person. */
const toneOf = (node: RunNode | undefined, asking: ReadonlySet<string>): NodeTone => {
  if (node?.status === 'running' && node.sessionId !== null && asking.has(node.sessionId)) return 'waiting';
  const isReused = node?.reusedFrom && !node.key.startsWith(`run/${node.reusedFrom}/`);
  return isReused && node.status === 'completed' ? 'reused' : statusOf(node);
};

const caseWords = ({ cases }: DeclaredStep, chosen: number): string =>
  chosen === defaultBranch ? 'default' : (cases[chosen]?.label ?? `case ${chosen + 1}`);

type Branch = { switch: string; label: string; isCut: boolean };

/** By step: the branches that list it. */
const branchesIn = ({ steps, nodes }: Pick<RunView, 'steps' | 'nodes'>): Map<string, Branch[]> => {
  const found = new Map<string, Branch[]>();
  for (const step of steps) {
    if (step.kind !== 'switch') continue;
    const taken = nodes[step.id]?.chosen ?? null;
    const lists = [...step.cases.map((one, chosen) => ({ chosen, members: one.steps }))];
    for (const { chosen, members } of [...lists, { chosen: defaultBranch, members: step.default }]) {
      const isCut = taken !== null && (taken === noBranch || taken !== chosen);
      for (const member of members) {
        const branch = { switch: step.id, label: caseWords(step, chosen), isCut };
        found.set(member, [...(found.get(member) ?? []), branch]);
      }
    }
  }
  return found;
};

const isOver = (status: NodeStatus): boolean => !['pending', 'running', 'waiting'].includes(status);

const edgeState = (from: NodeStatus, to: NodeStatus): EdgeState => {
  if (from === 'excluded' || to === 'excluded') return 'cut';
  if (!isOver(from)) return 'waiting';
  return to === 'running' || to === 'waiting' ? 'live' : 'done';
};

/** The worst of what must all have ended. */
const joined = (statuses: readonly NodeStatus[]): NodeStatus => {
  if (statuses.some((status) => !isOver(status))) return statuses.every((s) => s === 'pending') ? 'pending' : 'running';
  return statuses.some((status) => status === 'failed' || status === 'timed_out') ? 'failed' : 'completed';
};

/** The steps of a flow, what each waits for, and its batches as frames. */
const flowGraph = (view: RunView, asking: ReadonlySet<string>): RunGraph => {
  const { steps, nodes: ran, items, batches } = view;
  const ids = new Set(steps.map(({ id }) => id));
  const members = new Map(batches.map(({ name }): [string, DeclaredStep[]] => [name, []]));
  for (const step of steps) if (step.batch !== null) members.get(step.batch)?.push(step);
  const framed = new Set([...members].filter(([, inside]) => inside.length > 1).map(([name]) => name));
  const nodes = steps.map(({ id, kind, batch }): GraphNode => {
    const node = ran[id];
    const group = batch !== null && framed.has(batch) ? batchId(batch) : null;
    return { id, name: id, kind, tone: toneOf(node, asking), node, counts: items[id], group };
  });
  const edges: GraphEdge[] = [];
  const joins = new Map<string, NodeStatus>();
  const statusAt = (id: string): NodeStatus => joins.get(id) ?? statusOf(ran[id]);
  const connect = (from: string, to: string, label = '', isCut = false): void => {
    const state = isCut ? 'cut' : edgeState(statusAt(from), statusAt(to));
    edges.push({ id: `${from} → ${to}`, from, to, label, state });
  };
  /** What a need stands for: a step, or the members of a batch that come together first. */
  const sourceOf = (need: string): string | null => {
    if (ids.has(need)) return need;
    const inside = members.get(need) ?? [];
    if (inside.length <= 1) return inside[0]?.id ?? null;
    const id = joinId(need);
    if (!joins.has(id)) {
      joins.set(id, joined(inside.map((member) => statusOf(ran[member.id]))));
      for (const member of inside) connect(member.id, id);
    }
    return id;
  };
  const branches = branchesIn(view);
  for (const { id, needs } of steps) {
    const listed = branches.get(id) ?? [];
    const sources = new Set(needs.flatMap((need) => sourceOf(need) ?? []));
    for (const branch of listed) {
      sources.delete(branch.switch);
      connect(branch.switch, id, branch.label, branch.isCut);
    }
    for (const source of sources) connect(source, id);
  }
  for (const [id, status] of joins) {
    nodes.push({ id, name: '', kind: 'join', tone: status, node: undefined, counts: undefined, group: null });
  }
  const grouped = Map.groupBy(nodes, ({ group }) => group);
  const groups = batches
    .filter(({ name }) => framed.has(name))
    .map(
      ({ name, maxConcurrent }): GraphGroup => ({
        id: batchId(name),
        title: name,
        detail: `${maxConcurrent} at once`,
        counts: tally(grouped.get(batchId(name)) ?? []),
      }),
    );
  return { nodes, edges: unique(edges), groups };
};

/** A step in two branches of one switch has two edges of one id: the one that was taken counts. */
const unique = (edges: readonly GraphEdge[]): GraphEdge[] => {
  const byId = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const known = byId.get(edge.id);
    if (!known) byId.set(edge.id, edge);
    else {
      const label = [known.label, edge.label].filter((words) => words !== '').join(', ');
      byId.set(edge.id, { ...(known.state === 'cut' ? edge : known), label });
    }
  }
  return [...byId.values()];
};

/** The phases of a script as frames around its calls, one after another. */
const scriptGraph = (view: RunView, asking: ReadonlySet<string>): RunGraph => {
  const phases = phasesOf(view);
  const groups = phases.map(
    ({ title, model, detail, counts }): GraphGroup => ({
      id: phaseId(title),
      title: title ?? 'No phase',
      detail: model ?? detail,
      counts,
    }),
  );
  const nodes = phases.flatMap(({ title, calls }) =>
    calls.map(
      (node): GraphNode => ({
        id: node.step,
        name: callName(node),
        kind: node.kind,
        tone: toneOf(node, asking),
        node,
        counts: undefined,
        group: phaseId(title),
      }),
    ),
  );
  const edges = phases.slice(1).map(({ title, calls, startedAt }, at): GraphEdge => {
    const before = phases[at];
    const [from, to] = [phaseId(before?.title ?? null), phaseId(title)];
    const isLive = startedAt !== null && calls.some(({ status }) => status === 'running' || status === 'waiting');
    const state = startedAt === null ? 'waiting' : isLive ? 'live' : 'done';
    return { id: `${from} → ${to}`, from, to, label: '', state };
  });
  return { nodes, edges, groups };
};

/** Pure. What a run's graph is drawn from. */
export const graphOf = (view: RunView, asking: ReadonlySet<string> = new Set()): RunGraph =>
  (view.script ? scriptGraph : flowGraph)(view, asking);
