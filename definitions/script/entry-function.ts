import type { AnyNode, CallExpression, ExportDefaultDeclaration, ExportNamedDeclaration, Program } from 'acorn';
import { walk } from '../../sandbox/ast.ts';
import { namesOf } from '../../sandbox/free-names.ts';
import type { Runnable } from './entry.ts';
import { givesPromise, hostNames } from './host.ts';
import { type AnyFunction, isFunction, memberName } from './nodes.ts';

/** The function that a script exports, which is what is run. */
export type Entry = {
  run: AnyFunction;
  /** As `export async function run() { … }`, the one function that the script exports. */
  named: { statement: ExportNamedDeclaration; name: string } | null;
  host: HostParameter | null;
};

/** The parameter that takes what a script finds: `({ agent, log })`, or `(host)` where `host.agent()` is called. */
export type HostParameter = {
  index: 0 | 1;
  /** Those that are bound by their own names. */
  names: ReadonlySet<string>;
  /** The name of the whole. */
  object: string | null;
  /** What it asks for that is not there. */
  missing: { name: string; offset: number }[];
};

type Exports = {
  program: Program;
  main: ExportDefaultDeclaration | null;
  runnable: Runnable | null;
  constantOf: (name: string) => AnyNode | null;
};

export const entryOf = (exports: Exports): Entry | null => {
  const { main, runnable } = exports;
  const named = main || runnable ? null : namedOf(exports.program);
  const run = runnable?.run ?? named?.run ?? defaultOf(exports);
  if (!isFunction(run)) return null;
  return { run, named: named && { statement: named.statement, name: named.name }, host: hostParameterOf(run) };
};

const defaultOf = ({ program, main, constantOf }: Exports): AnyNode | null => {
  const exported: AnyNode | undefined = main?.declaration;
  if (exported?.type !== 'Identifier') return exported ?? null;
  const declared = program.body.find((node) => node.type === 'FunctionDeclaration' && node.id.name === exported.name);
  return declared ?? constantOf(exported.name);
};

type Named = { statement: ExportNamedDeclaration; name: string; run: AnyFunction };

/** Null where there are several, or the script also runs from its top. */
const namedOf = (program: Program): Named | null => {
  const found = program.body.flatMap((node): Named[] => {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : null;
    if (node.type !== 'ExportNamedDeclaration' || !declaration) return [];
    if (declaration.type === 'FunctionDeclaration')
      return [{ statement: node, name: declaration.id.name, run: declaration }];
    if (declaration.type !== 'VariableDeclaration') return [];
    return declaration.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && isFunction(init) ? [{ statement: node, name: id.name, run: init }] : [],
    );
  });
  const [only, second] = found;
  if (!only || second) return null;
  const runsFromTop = [...walk(program, (node) => !isFunction(node))].some(
    ({ type }) => type === 'ReturnStatement' || type === 'AwaitExpression',
  );
  return runsFromTop ? null : only;
};

const hostParameterOf = (run: AnyFunction): HostParameter | null => {
  for (const index of [0, 1] as const) {
    const given = run.params[index];
    const param = given?.type === 'AssignmentPattern' ? given.left : given;
    if (param?.type === 'ObjectPattern') {
      const keys = param.properties.flatMap((one) =>
        one.type === 'Property' && one.key.type === 'Identifier' ? [{ key: one.key, value: one.value }] : [],
      );
      if (!keys.some(({ key }) => givesPromise(key.name))) continue;
      const bound = keys.filter(({ key, value }) => isHostName(key.name) && [...namesOf(value)].includes(key.name));
      const missing = keys.filter(({ key, value }) => !isHostName(key.name) && value.type !== 'AssignmentPattern');
      return {
        index,
        names: new Set(bound.map(({ key }) => key.name)),
        object: null,
        missing: missing.map(({ key }) => ({ name: key.name, offset: key.start })),
      };
    }
    if (param?.type !== 'Identifier') continue;
    const { name } = param;
    if ([...walk(run)].some((node) => node.type === 'CallExpression' && givesPromise(hostCallOf(node, name) ?? '')))
      return { index, names: new Set(), object: name, missing: [] };
  }
  return null;
};

const isHostName = (name: string): boolean => hostNames.some((one) => one === name);

/** The function of the host in a call such as `object.agent('x')`. */
export const hostCallOf = ({ callee }: CallExpression, object: string): string | null => {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || callee.object.name !== object)
    return null;
  const name = memberName(callee);
  return name !== null && isHostName(name) ? name : null;
};
