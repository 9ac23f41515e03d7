import type { AnyNode } from 'acorn';
import { hint, nearest } from '../nearest.ts';
import { adviceOn, languageNames, noBudgetCall, noDate, noFunction, noImport, noRandom } from './advice.ts';
import type { Severity, Tell } from './findings.ts';
import { guardOf } from './guarded.ts';
import { hostNames } from './host.ts';
import { memberName } from './nodes.ts';
import type { ScriptTree } from './tree.ts';

/** What a script may not use, and names that nobody declares. */
export const checkNames = (tree: ScriptTree, tell: Tell): void => {
  for (const node of tree.nodes) {
    const imports = node.type === 'ImportDeclaration' || node.type === 'ImportExpression';
    if (imports || (node.type === 'MetaProperty' && node.meta.name === 'import')) tell('error', node.start, noImport);
  }
  const known = new Set<string>([...hostNames, ...languageNames]);
  // What the script puts there by itself cannot be told from here.
  const setsGlobals = tree.free.some(({ name }) => name.name === 'globalThis');
  for (const { name, parent } of tree.free) {
    if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') continue;
    const told = adviceOn(name.name) ?? misuse(name, parent);
    if (!told && (known.has(name.name) || setsGlobals)) continue;
    const near = nearest(name.name, hostNames).length > 0 ? hint(name.name, hostNames) : '';
    const message = told ?? `${name.name} is not defined${near || ': declare it, or pass it in args'}`;
    tell(severityOf(name, tree), name.start, message);
  }
};

/** The engine defines these and refuses some of their uses, so a check that they exist guards nothing. */
const thereToRefuse = new Set(['eval', 'Math', 'Date', 'Function']);

/** What the script copes with when it is missing does not stop it. */
const severityOf = (name: AnyNode & { name: string }, tree: ScriptTree): Severity => {
  const guard = guardOf(name, name.name, tree);
  return guard === 'try' || (guard === 'typeof' && !thereToRefuse.has(name.name)) ? 'warning' : 'error';
};

const misuse = (name: AnyNode & { name: string }, parent: AnyNode | null): string | null => {
  const member = parent?.type === 'MemberExpression' && parent.object === name ? memberName(parent) : null;
  const called = (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee === name;
  switch (name.name) {
    case 'Math':
      return member === 'random' ? noRandom : null;
    case 'Function':
      return called ? noFunction : null;
    case 'budget':
      return called ? noBudgetCall : null;
    case 'Date':
      if (member === 'now') return noDate('Date.now()');
      if (!called) return null;
      if (parent.type === 'CallExpression') return noDate('Date()');
      return parent.arguments.length === 0 ? noDate('new Date() without arguments') : null;
    default:
      return null;
  }
};
