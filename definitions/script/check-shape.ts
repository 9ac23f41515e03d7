import { hint } from '../nearest.ts';
import { adviceOn } from './advice.ts';
import { isMainFunction } from './compile.ts';
import type { Tell } from './findings.ts';
import { hostNames } from './host.ts';
import type { ScriptTree } from './tree.ts';

const wholeFunction = 'export default async function (args) { … }';

/** What a script may export, and that it is of one of the two shapes. */
export const checkShape = (tree: ScriptTree, tell: Tell): void => {
  for (const node of tree.program.body) {
    if (node.type === 'ExportNamedDeclaration') {
      const { declaration } = node;
      const names = declaration?.type === 'VariableDeclaration' ? declaration.declarations.map(({ id }) => id) : [];
      if (names.some((id) => id.type === 'Identifier' && id.name === 'meta')) continue;
      if (node === tree.runnable?.statement || node === tree.entry?.named?.statement) continue;
      tell('error', node.start, 'a script exports only meta, because it cannot be imported: remove export');
    }
    if (node.type === 'ExportAllDeclaration')
      tell('error', node.start, 'a script imports nothing: remove this and write the functions into the script');
  }
  if (!tree.main && !tree.entry) return;
  if (!isMainFunction(tree)) {
    const start = tree.main?.declaration.start ?? tree.entry?.run.start ?? 0;
    tell('error', start, `what a script exports as its default is the function to run: write ${wholeFunction}`);
  }
  for (const { name, offset } of tree.entry?.host?.missing ?? []) {
    const told = adviceOn(name) ?? `a script has no ${name}: it is undefined here${hint(name, hostNames)}`;
    tell('warning', offset, told);
  }
  for (const node of tree.nodes) {
    if (node.type !== 'ReturnStatement' || tree.functionOf(node)) continue;
    tell('error', node.start, 'return outside of the exported function: the script would end here and never call it');
  }
};
