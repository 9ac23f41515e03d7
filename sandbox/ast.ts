import type { AnyNode } from 'acorn';

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

export const childrenOf = (node: AnyNode): AnyNode[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));

/** The node and all below it, in their order. No recursion: `a.b.c…` is as deep as it is long. */
export function* walk(root: AnyNode, enters: (node: AnyNode) => boolean = () => true): Generator<AnyNode> {
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    if (node !== root && !enters(node)) continue;
    for (const child of childrenOf(node).reverse()) open.push(child);
  }
}
