import { Graph, layout } from '@dagrejs/dagre';

export type Point = { x: number; y: number };
export type Box = Point & { width: number; height: number };

export type LayoutInput = {
  /** From left to right, or from top to bottom. */
  direction: 'LR' | 'TB';
  /** Between neighbours, and between one rank and the next. */
  gap: { node: number; rank: number };
  nodes: { id: string; width: number; height: number; group: string | null }[];
  /** Frames around nodes, or around other groups. */
  groups: { id: string; group: string | null }[];
  /** `label`: room that is kept for words on it. */
  edges: { id: string; from: string; to: string; label?: { width: number; height: number } | undefined }[];
};

/** Boxes by the ids of nodes and groups, from their top left corners; edges as points on the way. */
export type Layout = {
  width: number;
  height: number;
  boxes: Record<string, Box>;
  edges: Record<string, { points: Point[]; label: Point | null }>;
};

const boxOf = ({ x, y, width, height }: Box): Box => ({ x: x - width / 2, y: y - height / 2, width, height });

/** With more nodes the order of each rank is the one in which they are found: sorting it out takes half of the time. */
const sortedNodes = 300;

/** Places a graph. Takes a second for a thousand nodes: call it in a worker. */
export const layOut = ({ direction, gap, nodes, groups, edges }: LayoutInput): Layout => {
  const graph = new Graph({ compound: groups.length > 0, multigraph: true });
  graph.setGraph({
    rankdir: direction,
    nodesep: gap.node,
    ranksep: gap.rank,
    edgesep: 12,
    marginx: 8,
    marginy: 8,
    ranker: 'tight-tree',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of groups) graph.setNode(id, {});
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { id, group } of [...groups, ...nodes]) if (group !== null) graph.setParent(id, group);
  for (const { id, from, to, label } of edges) {
    graph.setEdge(from, to, label ? { ...label, labelpos: 'c' } : {}, id);
  }
  layout(graph, { disableOptimalOrderHeuristic: nodes.length > sortedNodes });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placed: Layout = { width, height, boxes: {}, edges: {} };
  for (const id of graph.nodes()) placed.boxes[id] = boxOf(graph.node(id) as Box);
  for (const edge of graph.edges()) {
    const { points = [], x, y } = graph.edge(edge) as { points?: Point[]; x?: number; y?: number };
    placed.edges[edge.name ?? ''] = { points, label: x === undefined || y === undefined ? null : { x, y } };
  }
  return placed;
};
