import type { AnyNode } from 'acorn';
import { positionAt } from '../../sandbox/position.ts';
import type { Severity, Tell } from './findings.ts';
import { givesPromise } from './host.ts';
import { memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';
import { isAwaited, type Misuse, useOf } from './uses.ts';

/** Promises of the host that nobody awaits, where only their value can be meant. */
export const checkAwaits = (tree: ScriptTree, tell: Tell): void => {
  for (const { name, node } of tree.calls) {
    if (!givesPromise(name)) continue;
    const use = useOf(node, tree);
    if (use && 'misuse' in use)
      tell(severityOf(use.misuse), node.start, messageOf(use.misuse, `${name}()`, `${name}(…)`, use.property));
    if (use && 'holder' in use) checkHolder(use, name, node, tree, tell);
    if (inForEach(node, tree)) tell('warning', node.start, `forEach() does not wait for ${name}(): ${inOrder}`);
  }
};

/** A call whose result is not used may be meant so. */
const severityOf = (misuse: Misuse): Severity => (misuse === 'floating' ? 'warning' : 'error');

const inOrder = 'use for (const item of items), or await parallel(items.map((item) => () => …))';

const checkHolder = (
  { holder, maybe }: { holder: string; maybe: boolean },
  name: string,
  call: AnyNode,
  tree: ScriptTree,
  tell: Tell,
): void => {
  const reads = tree.readsOf(holder);
  if (reads.length === 0) tell('warning', call.start, messageOf('floating', `${name}()`, `${name}(…)`));
  /** A test of what is awaited elsewhere asks whether it was begun. */
  const mayBeTested = maybe || reads.some((read) => isAwaited(read, tree));
  for (const read of reads) {
    const use = useOf(read, tree);
    if (!use || !('misuse' in use) || use.misuse === 'floating' || (mayBeTested && use.misuse === 'test')) continue;
    const { line } = positionAt(tree.source, call.start);
    const what = `${holder} is the promise of ${name}() in line ${line}, and`;
    tell('error', read.start, messageOf(use.misuse, what, holder, use.property));
  }
};

const messageOf = (misuse: Misuse, what: string, awaited: string, property?: string | null): string => {
  const value = `await ${awaited}`;
  const problem = `${what} is not awaited`;
  switch (misuse) {
    case 'text':
      return `${problem}: this text would say [object Promise]; write \${${value}}`;
    case 'property':
      return property
        ? `${problem}: a promise has no ${property}; write (${value}).${property}`
        : `${problem}: a promise has no such field; write ${value}`;
    case 'test':
      return `${problem}: a promise is always true; write ${value}`;
    case 'returned':
      return `${problem}: the result would hold {} in its place; write ${value}`;
    case 'spread':
      return `${problem}: a promise is not a list; write ${value}`;
    default:
      return `${problem}: write ${value}`;
  }
};

const inForEach = (node: AnyNode, tree: ScriptTree): boolean => {
  const around = tree.functionOf(node);
  const call = around ? tree.parentOf(around) : null;
  return call?.type === 'CallExpression' && call.callee !== around && memberName(call.callee) === 'forEach';
};
