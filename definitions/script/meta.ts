import path from 'node:path';
import { type AnyNode, type Program, parseExpressionAt, type VariableDeclarator } from 'acorn';
import { ScriptMeta } from '../../contracts/script.ts';
import { jsWords, reportIssues } from '../issues.ts';
import { isRecord, type Path, pathText } from '../path.ts';
import type { Report } from '../report.ts';
import type { Tell } from './findings.ts';
import { literalOf, nodeAt } from './literal.ts';

/** `export const meta = …` of a script, where it has one. */
export const metaDeclarator = (program: Program): VariableDeclarator | null => {
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    if (declaration?.type !== 'VariableDeclaration') continue;
    const meta = declaration.declarations.find(isMeta);
    if (meta) return meta;
  }
  return null;
};

/** What the script says of itself. `defaults` fill what a script that exports a function need not say. */
export const readMeta = (program: Program, defaults: Partial<ScriptMeta> | null, tell: Tell): ScriptMeta | null => {
  const declarator = metaDeclarator(program);
  if (!declarator) {
    if (defaults) return ScriptMeta.safeParse(withDefaults({}, defaults)).data ?? null;
    tellMissing(program, tell);
    return null;
  }
  tellPlace(program, declarator, tell);
  const { init } = declarator;
  const literal = init ? literalOf(init) : { impure: declarator };
  if (!init || 'impure' in literal) {
    const node = 'impure' in literal ? literal.impure : declarator;
    tell(
      'error',
      node.start,
      `must be a literal, because it is read without running the script: write it ${impurity(node)}`,
      'meta',
    );
    return null;
  }
  const written = withTitles(literal.value);
  const value = isRecord(written) && defaults ? withDefaults(written, defaults) : written;
  const parsed = ScriptMeta.safeParse(value);
  if (parsed.error) reportIssues(parsed.error.issues, value, { at: () => [] }, reportAt(init, tell), jsWords);
  return parsed.data ?? null;
};

/** Other formats name a phase by its title alone. */
const withTitles = (meta: unknown): unknown =>
  isRecord(meta) && Array.isArray(meta.phases)
    ? { ...meta, phases: meta.phases.map((phase) => (typeof phase === 'string' ? { title: phase } : phase)) }
    : meta;

const withDefaults = (value: Record<string, unknown>, defaults: Partial<ScriptMeta>): Record<string, unknown> => {
  const all = { ...defaults, ...value };
  return { description: all.name, ...all };
};

const isMeta = ({ id }: VariableDeclarator): boolean => id.type === 'Identifier' && id.name === 'meta';

const example = "export const meta = { name: 'my-script', description: 'What it does' }";

const tellMissing = (program: Program, tell: Tell): void => {
  const unexported = program.body.find((node) => node.type === 'VariableDeclaration' && node.declarations.some(isMeta));
  if (unexported) tell('error', unexported.start, 'not exported: write export const meta', 'meta');
  else tell('error', 0, `missing: begin the script with ${example}`, 'meta');
};

const tellPlace = (program: Program, declarator: VariableDeclarator, tell: Tell): void => {
  const at = program.body.findIndex(({ start, end }) => start < declarator.start && declarator.end <= end);
  const statement = program.body[at];
  const earlier = program.body.slice(0, at).some((node) => node.type !== 'ImportDeclaration' && !isDirective(node));
  if (statement && earlier)
    tell('error', statement.start, 'not the first statement: move it to the top of the file', 'meta');
  const declaration = statement?.type === 'ExportNamedDeclaration' ? statement.declaration : null;
  if (declaration?.type !== 'VariableDeclaration') return;
  if (declaration.kind !== 'const') tell('error', declaration.start, 'no constant: write export const meta', 'meta');
  if (declaration.declarations.length > 1)
    tell('error', declaration.start, 'not alone: declare the other names in a statement of their own', 'meta');
};

const isDirective = (node: AnyNode): boolean => node.type === 'ExpressionStatement' && node.directive !== undefined;

const impurity = (node: AnyNode): string => {
  switch (node.type) {
    case 'Identifier':
      return `without the variable ${node.name}`;
    case 'CallExpression':
      return 'without a call';
    case 'SpreadElement':
      return 'without ...';
    case 'TemplateLiteral':
      return 'as texts without holes';
    default:
      return 'with texts, numbers, true, false, null, lists and objects alone';
  }
};

const reportAt = (root: AnyNode, tell: Tell): Report => {
  const at = (place: Path, message: string): void =>
    tell('error', nodeAt(root, place).start, message, pathText(['meta', ...place]));
  return { at, atKey: at, inText: (place, _index, message) => at(place, message) };
};

// A comment ends at its first end, also where the rest does not fit: otherwise the ways to read many multiply.
const untilMeta = /^(?:#!.*\n)?(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*\n)*export\s+const\s+meta\s*=/;

/** Of a script that cannot be parsed further down: it keeps its name. */
export const metaBefore = (source: string): ScriptMeta | null => {
  const head = untilMeta.exec(source)?.[0];
  if (head === undefined) return null;
  try {
    const literal = literalOf(parseExpressionAt(source, head.length, { ecmaVersion: 2025, sourceType: 'module' }));
    return 'value' in literal ? (ScriptMeta.safeParse(literal.value).data ?? null) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
};

/** Of a script that exports a function: its file's name, and the comment it begins with. */
export const defaultMeta = (source: string, file: string): Partial<ScriptMeta> => {
  const name = path.parse(file).name;
  const description = leadingComment(source);
  return description === '' ? { name } : { name, description };
};

const leadingComment = (source: string): string => {
  const text = source.replace(/^#!.*\n/, '').trimStart();
  const found = /^(?:\/\*([\s\S]*?)\*\/|((?:[ \t]*\/\/[^\n]*\n?)+))/.exec(text);
  const lines = (found?.[1] ?? found?.[2] ?? '').split('\n').map((line) => line.replace(/^[\s*/]+/, '').trim());
  const [first = ''] = lines.join('\n').trim().split('\n\n');
  return first.replaceAll('\n', ' ').slice(0, 300);
};
