import type { AnyNode, ExportNamedDeclaration, ObjectExpression, Program } from 'acorn';
import { literalOf, plainKey } from './literal.ts';

/** An object that describes a script and holds its function: `{ name, description, run }`. */
export type Runnable = {
  object: ObjectExpression;
  /** Its function. */
  run: AnyNode;
  /** `export const workflow = { … }`; null: it is the default export. */
  statement: ExportNamedDeclaration | null;
};

const functions = new Set(['FunctionExpression', 'ArrowFunctionExpression']);

const runOf = (object: ObjectExpression): AnyNode | null => {
  for (const property of object.properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') continue;
    const name = property.key.type === 'Identifier' ? property.key.name : null;
    if (name === 'run' && functions.has(property.value.type)) return property.value;
  }
  return null;
};

const runnable = (node: AnyNode | null | undefined, statement: ExportNamedDeclaration | null): Runnable | null => {
  if (node?.type !== 'ObjectExpression') return null;
  const run = runOf(node);
  return run && { object: node, run, statement };
};

/** Of a script that exports such an object, as its default or by the name `workflow`. */
export const runnableOf = (program: Program, constantOf: (name: string) => AnyNode | null): Runnable | null => {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      return runnable(declaration.type === 'Identifier' ? constantOf(declaration.name) : declaration, null);
    }
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declaration.declarations)
      if (id.type === 'Identifier' && id.name === 'workflow') return runnable(init, statement);
  }
  return null;
};

/** What such an object says of the script, where it is written out. */
export const metaOf = ({ object }: Runnable): Record<string, unknown> => {
  const meta: Record<string, unknown> = {};
  for (const property of object.properties) {
    const key = property.type === 'Property' ? plainKey(property) : null;
    if (property.type !== 'Property' || key === null || key === 'run') continue;
    const literal = literalOf(property.value);
    if (!('value' in literal)) continue;
    if (key === 'meta' && typeof literal.value === 'object') Object.assign(meta, literal.value);
    else if (['name', 'description', 'whenToUse', 'phases'].includes(key)) meta[key] = literal.value;
  }
  return meta;
};

const commonJs = /^([ \t]*)(?:module\.exports|exports\.default|module\.exports\.default)([ \t]*=(?!=))/gm;

/** `module.exports = …` as the export it is, at its length: what stands behind it keeps its place. */
export const asModule = (source: string): string =>
  source.replace(commonJs, (whole: string, indent: string) => `${indent}export default`.padEnd(whole.length));
