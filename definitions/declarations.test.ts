import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentOptions, ApproveOptions } from '../contracts/script.ts';
import { builtInCatalog } from './definitions.ts';
import { hostNames } from './script/host.ts';

const root = path.join(import.meta.dirname, '..');
const declarations = path.join(builtInCatalog, 'everturn-scripts.d.ts');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-declarations-'));
  copyFileSync(declarations, path.join(folder, 'everturn-scripts.d.ts'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What TypeScript says of a script, as an editor that checks JavaScript does: `line: message`. */
const check = async (text: string): Promise<string[]> => {
  const file = path.join(folder, 'script.js');
  writeFileSync(file, `/// <reference path="./everturn-scripts.d.ts" />\n${text}`);
  const options = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--types', '', '--pretty', 'false'];
  const place = ['--target', 'es2024', '--lib', 'es2024', '--module', 'esnext', '--moduleDetection', 'force', file];
  try {
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await promisify(execFile)(process.execPath, [tsc, ...options, ...place], { cwd: folder });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return [...stdout.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+: .*)$/gm)].map(
      ([, of, line, message]) => `${of === 'script.js' ? Number(line) - 1 : of}: ${message}`,
    );
  }
};

const everything = `
  phase('Look')
  const views = await parallel(['a', 'b'].map((name) => () => agent(name, { label: name, effort: 'low' })))
  const texts = views.filter((view) => view !== null).map((view) => view.toUpperCase())
  const pair = await parallel([() => agent('x'), async () => 7])
  log(pair[0]?.length, pair[1]?.toFixed(1), texts)
  const found = await agent('find', {
    onError: 'throw',
    schema: {
      type: 'object',
      properties: {
        bugs: { type: 'array', items: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] } },
        sure: { enum: ['yes', 'no'] },
      },
      required: ['bugs'],
    },
  })
  const titles = found.bugs.map(({ title }) => title.trim())
  const sure = found.sure === 'yes'
  const checked = await pipeline(titles, (title, item, index) => agent(title + item + index), (prev, item) => ({ prev, item }))
  const first = checked[0]?.item.length
  let round = 0
  while (round++ < 3 && budget.remaining() > 1000) await sleep(1.5)
  const text = await tool('read_file', { path: 'README.md' })
  const inner = await workflow('other', { text: text.length, spent: budget.spent() })
  const { approved, fields, by } = await approve('Go on?', { deadline: '2d', form: [{ name: 'why', type: 'text' }] })
  await artifact('notes.json', { inner, fields, by })
  const given = typeof args === 'string' ? JSON.parse(args) : args
  const result = { given, first, sure, approved, name: meta.name }
`;

test('a body and a function that use everything have no errors', async () => {
  const head = "export const meta = { name: 'x', description: 'y' }\n";
  // An editor knows no return outside of a function: the one thing that it marks in this shape.
  const outside = "A 'return' statement can only be used within a function body.";
  expect(await check(`${head}${everything}\nreturn result`)).toEqual([`32: TS1108: ${outside}`]);
  expect(
    await check(`/** @param {any} args */\nexport default async function (args) {${everything}\nreturn result\n}`),
  ).toEqual([]);
});

test('mistakes are marked where they are made', async () => {
  const lines = [
    'export {}',
    "const a = await parallel([agent('x')])",
    "const b = await agent('x', { modle: 'y' })",
    "const c = (await agent('x')).length",
    "const d = (await agent('x', { schema: { type: 'object', properties: { n: { type: 'number' } } }, onError: 'throw' })).n.toFixed()",
    "const e = agent('x').length",
    "await sleep('5s')",
    "await approve('x', { deadline: 'tomorrow' })",
    'budget.total = 5',
    "await agent('x', { effort: 'huge' })",
  ];
  const found = await check(lines.join('\n'));
  expect([...new Set(found.map((text) => text.split(':')[0]))]).toEqual(['2', '3', '4', '5', '6', '7', '8', '9', '10']);
});

test('every name and option that scripts have is declared and described', () => {
  const text = readFileSync(declarations, 'utf8');
  const names = hostNames.filter((name) => name !== 'console');
  expect(names.filter((name) => !new RegExp(`\\*/\ndeclare (?:const|function) ${name}\\b`).test(text))).toEqual([]);
  const options = [...Object.keys(AgentOptions.shape), ...Object.keys(ApproveOptions.shape)];
  expect(options.filter((name) => !new RegExp(`\\b${name}\\??:`).test(text))).toEqual([]);
});
