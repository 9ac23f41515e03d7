import vm from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesBefore } from '../contracts/script.ts';
import { parseScript } from './script-file.ts';
import { agentsNamed } from './testing/known.ts';

const meta = "export const meta = { name: 'demo', description: 'x' }";

/** Statements that may stand in any order, and stumble over a wrong frame: their ends, their brackets, their names. */
const statement = fc.constantFrom(
  'const a = 1',
  'let b = [1, 2]',
  'var __main = { a: [1] };',
  '{ const args = 2, meta = 3; }',
  "log('é 😀 \\u2028')",
  'for (const x of [1]) { log(x) }',
  'label: for (;;) { break label }',
  `function helper(x) { return \`export default \${x}\` }`,
  'const f = async () => { await sleep(1) }',
  ';[1].map((x) => x)',
  '// export default nothing }',
  '/* } export const */',
  "if (/export {/.test('')) { log(')') }",
  'await null',
  '',
  '\tlog(`one\n  two`)',
);
const distinct = fc.uniqueArray(statement, {
  maxLength: 8,
  selector: (text) => text.match(/\w+ \w+ =|function \w+/)?.[0] ?? {},
});
const main = fc.constantFrom(
  'export default async function (args) { return args }',
  'export default function (args) {\n  return args\n}',
  'export default async function main(args) { return args }',
  'export default async (args) => args',
  'export  default\n  async (args) => {\n    return args\n  }',
  'export/* why */default (async (args) => { return args });',
);
const lineEnd = fc.constantFrom('\n', '\r\n');
const script = fc
  .record({ before: distinct, main: fc.option(main), after: distinct, end: lineEnd, withMeta: fc.boolean() })
  .map(({ before, main, after, end, withMeta }) => {
    const taken = new Set(before);
    const rest = after.filter((text) => !taken.has(text));
    return [...(withMeta || !main ? [meta] : []), ...before, ...(main ? [main] : []), ...rest]
      .join('\n')
      .replaceAll('\n', end);
  });

test('every character of the file keeps its line and column', () => {
  fc.assert(
    fc.property(script, (source) => {
      const { compiled, faults } = parseScript(source, 'f');
      expect(faults).toEqual([]);
      const lines = compiled?.code.split(/\r?\n/) ?? [];
      for (const [index, line] of source.split(/\r?\n/).entries()) {
        const found = lines[index + linesBefore] ?? '';
        for (const [column, character] of [...line].entries()) {
          const same = [...found][column] === character;
          if (same) continue;
          // Only within the words before what is exported.
          const words = /^export(?:\s|\/\*.*?\*\/)+(?:default)?/.exec(line)?.[0].length ?? 0;
          expect({ line, found, column: column < words }).toMatchObject({ column: true });
        }
        // A statement that became an expression is ended, behind all that the line holds.
        expect(found.length).toBeLessThanOrEqual(line.length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

test('the compiled code gives a function, and runs to its end', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (source) => {
      const { compiled } = parseScript(source, 'f');
      const context = vm.createContext({ log: () => null, sleep: async () => null });
      const run = vm.runInContext(compiled?.code ?? '', context) as (given: object) => Promise<unknown>;
      expect(await run({ args: 7, meta: {}, workflow: null })).toBe(
        source.includes('return args') || source.includes('=> args') ? 7 : undefined,
      );
    }),
    { numRuns: 200 },
  );
});

test('no text makes the check itself fail', () => {
  const pieces = fc.constantFrom(
    ...['export', 'default', 'const', 'meta', '=', '{', '}', '(', ')', '[', ']', 'async', 'function', 'await', 'agent'],
    ...[
      'parallel',
      'pipeline',
      'workflow',
      'args',
      'map',
      '.',
      ',',
      ';',
      '=>',
      "'x'",
      '`',
      '${',
      '\n',
      '//',
      '/*',
      '*/',
    ],
    ...[
      'return',
      'if',
      'while',
      'budget',
      'remaining',
      '...',
      ':',
      '?',
      '!',
      '<',
      'import',
      'class',
      'phase',
      '😀',
      '#!',
    ],
  );
  const text = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(' '));
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (source) => {
      const parsed = parseScript(`${meta}\n${source}`, 'f');
      const { faults } = parsed.findingsWith(
        { agents: agentsNamed(), models: undefined, scripts: [], flows: [], nests: () => false },
        null,
      );
      expect(parsed.compiled === null).toBe(parsed.faults.length > 0);
      for (const { line, column } of faults) expect(Math.min(line, column)).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
