import type { AnyNode } from 'acorn';
import type { ScriptMeta } from '../../contracts/script.ts';
import { hint, quote } from '../nearest.ts';
import { optionsOf, writtenValue } from './check-options.ts';
import type { Tell } from './findings.ts';
import { plainKey } from './literal.ts';
import type { ScriptTree } from './tree.ts';

/** Phases that a script names without a mention in its meta, where that lists any. */
export const checkPhases = (tree: ScriptTree, { phases }: ScriptMeta, tell: Tell): void => {
  const titles = phases.map(({ title }) => title);
  if (titles.length === 0) return;
  const check = (node: AnyNode | undefined): void => {
    const title = node && writtenValue(node, tree)?.value;
    if (!node || typeof title !== 'string' || titles.includes(title)) return;
    tell(
      'warning',
      node.start,
      `phase ${quote(title)} is not in meta.phases: it is shown after them${hint(title, titles)}`,
    );
  };
  for (const { name, node } of tree.calls) {
    if (name === 'phase') check(node.arguments[0]);
    if (name === 'agent' || name === 'approve')
      check(optionsOf(node, tree).find((one) => plainKey(one) === 'phase')?.value);
  }
};
