import { parseScript } from './parse.ts';

type Node = { type: string; [field: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const childrenOf = (node: Node): [field: string, child: Node][] =>
  Object.entries(node).flatMap(([field, value]): [string, Node][] =>
    Array.isArray(value) ? value.filter(isNode).map((child) => [field, child]) : isNode(value) ? [[field, value]] : [],
  );

/** Names that are not references: of properties, labels, and the external names of imports and exports. */
const isName = (parent: Node, field: string): boolean => {
  if (field === 'property' || field === 'key') return parent.computed !== true;
  return (
    ['imported', 'exported', 'label', 'meta'].includes(field) ||
    (field === 'id' && parent.type.startsWith('TSEnumMember'))
  );
};

const declares = (parent: Node, field: string): boolean =>
  (['id', 'params', 'param', 'local'].includes(field) && !parent.type.startsWith('Export')) ||
  parent.type.endsWith('Pattern') ||
  (parent.type === 'ObjectProperty' && field === 'value' && parent.shorthand === true);

type Names = { imported: Set<string>; used: Set<string>; declared: Set<string> };

const namesOf = (root: Node): Names => {
  const names: Names = { imported: new Set(), used: new Set(), declared: new Set() };
  const open: [parent: Node, field: string, node: Node][] = childrenOf(root).map(([field, node]) => [
    root,
    field,
    node,
  ]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [parent, field, node] = next;
    if (['ImportSpecifier', 'ImportDefaultSpecifier', 'ImportNamespaceSpecifier'].includes(node.type)) {
      if (isNode(node.local) && typeof node.local.name === 'string') names.imported.add(node.local.name);
      continue;
    }
    if ((node.type === 'Identifier' || node.type === 'JSXIdentifier') && typeof node.name === 'string') {
      if (isName(parent, field)) continue;
      if (declares(parent, field)) names.declared.add(node.name);
      else names.used.add(node.name);
    }
    for (const [inner, child] of childrenOf(node)) open.push([node, inner, child]);
  }
  return names;
};

const read = (extension: string, text: string): Names | null => {
  try {
    const parsed = parseScript(extension, text);
    return parsed ? namesOf(parsed.program as unknown as Node) : null;
  } catch {
    return null;
  }
};

/** Names that were imported before, no longer are, and are used all the same. */
export const droppedImports = (extension: string, before: string, after: string): string[] => {
  if (!/\bimport\b/.test(before)) return [];
  const [old, fresh] = [read(extension, before), read(extension, after)];
  if (!old || !fresh) return [];
  return [...old.imported].filter(
    (name) => !fresh.imported.has(name) && fresh.used.has(name) && !fresh.declared.has(name),
  );
};
