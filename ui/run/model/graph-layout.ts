import type { Box, Layout, LayoutInput } from '../../parts/model/layout.ts';
import type { GraphNode, RunGraph } from './graph.ts';

/** Above it a graph is not drawn: nobody finds anything in it, and laying it out takes minutes. */
export const maxNodes = 1_000;

export const nodeSize = { width: 188, height: 46 };
/** Up to this many nodes, members of a batch are kept together: it takes three times as long. */
const framedNodes = 150;
const joinSize = { width: 14, height: 14 };
/** Within the frame of a phase. */
const grid = { gap: 10, padding: 12, head: 34 };

/** What is laid out, and where within their frames the nodes stand that it does not know. */
export type Plan = {
  input: LayoutInput;
  inside: { id: string; group: string; x: number; y: number }[];
};

const sizeOf = ({ kind }: GraphNode) => (kind === 'join' ? joinSize : nodeSize);

/** About as wide as high. */
const columnsFor = (count: number): number =>
  Math.max(1, Math.ceil(Math.sqrt((count * (nodeSize.height + grid.gap)) / (nodeSize.width + grid.gap))));

const phasesPlan = ({ nodes, edges, groups }: RunGraph, direction: 'LR' | 'TB'): Plan => {
  const inside: Plan['inside'] = [];
  const boxes = groups.map(({ id }) => {
    const members = nodes.filter(({ group }) => group === id);
    const columns = direction === 'TB' ? 1 : columnsFor(members.length);
    members.forEach((member, at) => {
      const x = grid.padding + (at % columns) * (nodeSize.width + grid.gap);
      const y = grid.head + Math.floor(at / columns) * (nodeSize.height + grid.gap);
      inside.push({ id: member.id, group: id, x, y });
    });
    const rows = Math.max(1, Math.ceil(members.length / columns));
    const width = columns * (nodeSize.width + grid.gap) - grid.gap + 2 * grid.padding;
    const height = grid.head + rows * (nodeSize.height + grid.gap) - grid.gap + grid.padding;
    return { id, width, height, group: null };
  });
  return {
    input: {
      direction,
      gap: { node: 32, rank: 56 },
      nodes: boxes,
      groups: [],
      edges: edges.map(({ id, from, to }) => ({ id, from, to })),
    },
    inside,
  };
};

const isFramed = ({ nodes, groups }: RunGraph): boolean => groups.length > 0 && nodes.length <= framedNodes;

const stepsPlan = (graph: RunGraph, direction: 'LR' | 'TB'): Plan => ({
  input: {
    direction,
    gap: { node: isFramed(graph) ? 30 : 22, rank: graph.edges.some(({ label }) => label !== '') ? 72 : 56 },
    nodes: graph.nodes.map((node) => ({ id: node.id, ...sizeOf(node), group: isFramed(graph) ? node.group : null })),
    groups: isFramed(graph) ? graph.groups.map(({ id }) => ({ id, group: null })) : [],
    edges: graph.edges.map(({ id, from, to, label }) => ({
      id,
      from,
      to,
      label: label === '' ? undefined : { width: Math.min(12 + label.length * 6.4, 160), height: 18 },
    })),
  },
  inside: [],
});

/** Pure. Phases of a script hold their calls in rows; steps of a flow are placed by what they wait for. */
export const planOf = (graph: RunGraph, isScript: boolean, direction: 'LR' | 'TB'): Plan =>
  isScript ? phasesPlan(graph, direction) : stepsPlan(graph, direction);

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const around = (boxes: readonly Box[], margin: number): Box => {
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
};

/** Frames around members that stand together anyhow; where others stand between them there is none. */
const framesOf = ({ nodes, groups }: RunGraph, { boxes }: Layout): Record<string, Box> => {
  const frames: Record<string, Box> = {};
  for (const { id } of groups) {
    if (boxes[id]) continue;
    const members = nodes.flatMap(({ id: node, group }) => (group === id ? (boxes[node] ?? []) : []));
    if (members.length === 0) continue;
    const frame = around(members, 8);
    const isClear = nodes.every(({ id: node, group }) => {
      const box = boxes[node];
      return group === id || !box || !overlap(frame, box);
    });
    if (isClear) frames[id] = frame;
  }
  return frames;
};

/** The layout with everything that stands within frames, and the frames around what stands together. */
export const placed = (layout: Layout, { inside }: Plan, graph: RunGraph): Layout => {
  const boxes: Record<string, Box> = { ...layout.boxes, ...framesOf(graph, layout) };
  for (const { id, group, x, y } of inside) {
    const frame = layout.boxes[group];
    if (frame) boxes[id] = { x: frame.x + x, y: frame.y + y, ...nodeSize };
  }
  return { ...layout, boxes };
};

/** How many ranks there are, and how many nodes the fullest has. */
const extentOf = ({ nodes, edges, groups }: RunGraph, isScript: boolean): { ranks: number; breadth: number } => {
  const ids = isScript ? groups.map(({ id }) => id) : nodes.map(({ id }) => id);
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const ranks = new Map<string, number>();
  // Steps are declared in any order, so a rank may be asked for before those it follows are known.
  const rankOf = (id: string, below: ReadonlySet<string>): number => {
    const known = ranks.get(id);
    if (known !== undefined || below.has(id)) return known ?? 0;
    const inside = new Set([...below, id]);
    const rank = Math.max(-1, ...(before.get(id) ?? []).map((one) => rankOf(one, inside))) + 1;
    ranks.set(id, rank);
    return rank;
  };
  const members = new Map<number, number>();
  for (const id of ids) {
    const rank = rankOf(id, new Set());
    members.set(rank, (members.get(rank) ?? 0) + 1);
  }
  return { ranks: members.size, breadth: Math.max(1, ...members.values()) };
};

/** The direction in which the whole is shown larger. */
export const directionFor = (
  graph: RunGraph,
  isScript: boolean,
  frame: { width: number; height: number },
): 'LR' | 'TB' => {
  const { ranks, breadth } = extentOf(graph, isScript);
  const scale = (width: number, height: number): number => Math.min(frame.width / width, frame.height / height);
  const [node, gap] = [nodeSize, { node: 26, rank: 64 }];
  const across = scale(ranks * (node.width + gap.rank), breadth * (node.height + gap.node));
  const down = scale(breadth * (node.width + gap.node), ranks * (node.height + gap.rank));
  // Most people read graphs from left to right: the other way has to be worth it.
  return Math.min(1, down) > 1.25 * Math.min(1, across) ? 'TB' : 'LR';
};

/** Changes when the graph has to be laid out again: with its nodes and edges, not with their states. */
export const structureOf = ({ nodes, edges, groups }: RunGraph): string =>
  JSON.stringify([
    nodes.map(({ id, group }) => [id, group]),
    edges.map(({ id, label }) => [id, label]),
    groups.map(({ id }) => id),
  ]);

export type Towards = 'left' | 'right' | 'up' | 'down';

const middle = ({ x, y, width, height }: Box): { x: number; y: number } => ({ x: x + width / 2, y: y + height / 2 });

/** The nearest node in a direction; what is aside counts twice as far. Null: there is none. */
export const neighbour = (
  boxes: Readonly<Record<string, Box>>,
  ids: readonly string[],
  from: string,
  towards: Towards,
): string | null => {
  const here = boxes[from];
  if (!here) return null;
  const { x, y } = middle(here);
  let found: { id: string; far: number } | null = null;
  for (const id of ids) {
    const box = boxes[id];
    if (!box || id === from) continue;
    const there = middle(box);
    const [dx, dy] = [there.x - x, there.y - y];
    const along = { left: -dx, right: dx, up: -dy, down: dy }[towards];
    const aside = Math.abs(towards === 'left' || towards === 'right' ? dy : dx);
    if (along < 4) continue;
    const far = along + 2 * aside;
    if (!found || far < found.far) found = { id, far };
  }
  return found?.id ?? null;
};
