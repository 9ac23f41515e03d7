import type { Edge } from './edges.ts';

export type Order = {
  /** Needs come before the steps that need them. Complete only if there are no cycles. */
  order: string[];
  /** Each as the edges that lead around it. No two share a member. */
  cycles: { from: string; edge: Edge }[][];
};

type Frame = { name: string; edges: readonly Edge[]; next: number };

/** Depth first, with a stack of its own: a chain may be longer than the engine's. */
export const orderOf = (graph: ReadonlyMap<string, readonly Edge[]>): Order => {
  const order: string[] = [];
  const cycles: Order['cycles'] = [];
  const state = new Map<string, 'open' | 'done'>();
  const inCycle = new Set<string>();
  for (const root of graph.keys()) {
    if (state.has(root)) continue;
    const stack: Frame[] = [];
    const enter = (name: string): void => {
      state.set(name, 'open');
      stack.push({ name, edges: graph.get(name) ?? [], next: 0 });
    };
    enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = top.edges[top.next];
      top.next += 1;
      if (!edge) {
        state.set(top.name, 'done');
        order.push(top.name);
        stack.pop();
      } else if (!state.has(edge.to)) enter(edge.to);
      else if (state.get(edge.to) === 'open') {
        const members = stack.slice(stack.findIndex(({ name }) => name === edge.to));
        if (members.some(({ name }) => inCycle.has(name))) continue;
        for (const { name } of members) inCycle.add(name);
        cycles.push(
          members.flatMap(({ name, edges, next }) => {
            const taken = edges[next - 1];
            return taken ? [{ from: name, edge: taken }] : [];
          }),
        );
      }
    }
  }
  return { order, cycles };
};
