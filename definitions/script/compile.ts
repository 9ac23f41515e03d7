import type { AnyNode, ExportDefaultDeclaration } from 'acorn';
import { linesBefore } from '../../contracts/script.ts';
import { hostNames } from './host.ts';
import type { ScriptTree } from './tree.ts';

/**
 * The script as one expression. Its body is a block within the function that has `args`, `meta` and `workflow`, so that
 * it may declare such names again. Only `export` and `export default` are replaced, at their length: every other
 * character keeps its line, one further down, and its column.
 */
export const compile = ({ source, program, nodes, main, runnable, entry }: ScriptTree): string => {
  const [name, given, host] = freshNames(nodes);
  const takesHost = runnable !== null || Boolean(entry?.host);
  const taken = !takesHost ? given : entry?.host?.index === 0 ? `${host}, ${given}` : `${given}, ${host}`;
  let body = source.startsWith('#!') ? `//${source.slice(2)}` : source;
  let end = '';
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration)
      body = blank(body, statement.start, statement.declaration.start);
  }
  if (main) {
    const { start, declaration } = main;
    const own = declaredName(main);
    body = blank(body, start, endOfWords(body, start), own ? '' : name);
    if (!own && declaration.type === 'FunctionDeclaration') body = endStatement(body, declaration.end);
    end = ` return await ${own ?? name}(${taken});`;
  }
  if (entry?.named) end = ` return await ${entry.named.name}(${taken});`;
  if (runnable) end = ` return await ${runnable.statement ? 'workflow' : name}.run(${taken});`;
  const offered = takesHost ? `, ${host} = ${hostObject}` : '';
  const kept = main || entry ? ` let ${name}; const ${given} = args${offered};` : '';
  const head = `(function () { 'use strict'; return async ({ args, meta, workflow }) => {${kept} {`;
  return `${head}\n${body}\n;${end} } }; })()`;
};

const hostObject = `{ ${hostNames.join(', ')} }`;

/** The place in the file of a place in its compiled code. */
export const offsetInSource = (source: string, code: string, offset: number): number => {
  const before = code.slice(0, offset).split('\n');
  const lines = source.split('\n');
  const whole = lines.slice(0, Math.max(before.length - 1 - linesBefore, 0));
  const start = whole.reduce((sum, line) => sum + line.length + 1, 0);
  return Math.min(start + (before.at(-1)?.length ?? 0), source.length);
};

/** Whether what the script exports is a function that can be run. */
export const isMainFunction = ({ entry }: ScriptTree): boolean => entry !== null && !isGenerator(entry.run);

const isGenerator = (node: AnyNode | null | undefined): boolean =>
  Boolean(node && 'generator' in node && node.generator);

/** Of a function that stays a declaration, so that the rest of the file can call it. */
const declaredName = ({ declaration }: ExportDefaultDeclaration): string | null =>
  declaration.type === 'FunctionDeclaration' ? (declaration.id?.name ?? null) : null;

/** As long as `export`, and not in the script. */
const freshNames = (nodes: readonly AnyNode[]): [string, string, string] => {
  const taken = new Set(nodes.map((node) => (node.type === 'Identifier' ? node.name : '')));
  const free: string[] = [];
  for (let n = 0; free.length < 3; n += 1) {
    const name = n === 0 ? '__main' : `__m${n.toString(36).padStart(3, '0')}`;
    if (!taken.has(name)) free.push(name);
  }
  return [free[0] ?? '', free[1] ?? '', free[2] ?? ''];
};

/** Behind `export default`; what is exported may begin with a bracket that its node leaves out. */
const endOfWords = (text: string, start: number): number => {
  const words = /export(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*default/y;
  words.lastIndex = start;
  return start + (words.exec(text)?.[0].length ?? 0);
};

/** Spaces in the place of the text, with `name =` at its start. Its line breaks stay. */
const blank = (text: string, start: number, end: number, name = ''): string => {
  const spaces = text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' ');
  const sign = name === '' ? -1 : spaces.indexOf(' ', name.length);
  const replaced = sign === -1 ? spaces : `${name}${spaces.slice(name.length, sign)}=${spaces.slice(sign + 1)}`;
  return text.slice(0, start) + replaced + text.slice(end);
};

/** A declaration that became an expression needs its end: in the place of a space, or where the line ends. */
const endStatement = (text: string, at: number): string =>
  `${text.slice(0, at)};${text.slice(/[ \t]/.test(text[at] ?? '') ? at + 1 : at)}`;
