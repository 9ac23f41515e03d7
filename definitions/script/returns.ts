import type { AnyNode } from 'acorn';
import type { CompiledScript } from '../../contracts/script.ts';
import { plainKey } from './literal.ts';
import type { ScriptTree } from './tree.ts';

type Returns = NonNullable<CompiledScript['returns']>;

const maxKept = 50;

/** Where the script itself returns, at its top or in the function that it exports. */
export const returnsOf = (tree: ScriptTree): Returns => {
  const { source, entry } = tree;
  const main = entry?.run ?? null;
  const placed = (node: AnyNode, value: AnyNode | null | undefined): Returns[number] => {
    const before = source.slice(0, node.start).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, keys: value ? keysOf(value, tree) : [] };
  };
  if (main?.type === 'ArrowFunctionExpression' && main.body.type !== 'BlockStatement')
    return [placed(main.body, main.body)];
  const found = tree.nodes.filter((node) => node.type === 'ReturnStatement' && tree.functionOf(node) === main);
  return found.slice(0, maxKept).map((node) => placed(node, node.type === 'ReturnStatement' ? node.argument : null));
};

const keysOf = (value: AnyNode, tree: ScriptTree): string[] | null => {
  const node = value.type === 'Identifier' ? tree.constantOf(value.name) : value;
  if (node?.type !== 'ObjectExpression') return null;
  const keys = node.properties.map((one) => (one.type === 'Property' ? plainKey(one) : null));
  return keys.every((key) => key !== null) ? keys : null;
};
