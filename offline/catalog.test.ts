import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { builtInTools } from '../activities/tools/registry.ts';
import { createWebFetch } from '../activities/tools/web-fetch.ts';
import { builtInCatalog, openDefinitions } from '../definitions/definitions.ts';
import { createPlayer } from '../test/support/play-flow.ts';
import { createOfflineModel } from './server.ts';

type Files = Record<string, string>;
type Source = { file: string; line: number; quote: string; hits: number };

const repository = dirname(import.meta.dirname);
const readOnly = ['list_files', 'read_file', 'search_files', 'git_diff'];
const tools = [...builtInTools.filter(({ name }) => readOnly.includes(name)), createWebFetch(() => true)];

let model: Awaited<ReturnType<typeof createOfflineModel>>;
beforeAll(async () => {
  model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
});
afterAll(() => model.close());

const playerIn = (workspace: string) => {
  const player = createPlayer({ url: model.url, workspace, tools });
  onTestFinished(() => player.close());
  return player;
};

/** A folder with files, and a commit of those of `before`. */
const folderWith = async ({ before, after = {} }: { before: Files; after?: Files }) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'offline-catalog-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  const put = async (files: Files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], { cwd: folder });
  await put(before);
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  await put(after);
  git('add', '.');
  return folder;
};

const expectInPlace = async (folder: string, sources: readonly Source[]) => {
  for (const { file, line, quote } of sources) {
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
    expect(lines[line - 1], `${file}:${line}`).toContain(quote);
  }
};

it('the files of the catalog have no errors', () => {
  const definitions = openDefinitions({
    project: join(builtInCatalog, 'nothing'),
    home: join(builtInCatalog, 'nothing'),
  });
  const found = [...definitions.flows(), ...definitions.agents()];
  expect(found.flatMap(({ faults }) => faults)).toEqual([]);
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['research-report', 'review-code', 'skeptic']));
});

describe('research-report', () => {
  it('quotes files of this repository that exist, at their lines', async () => {
    const input = { question: 'How does this project keep a stream gap-free?', folder: '.' };
    const { report, output, results } = await playerIn(repository).playFlow('research-report', input);
    const { sources } = output as { sources: Source[] };
    expect(sources.length).toBeGreaterThan(4);
    await expectInPlace(repository, sources);
    expect(sources.some(({ quote }) => /gap/.test(quote) && /stream/i.test(quote))).toBe(true);
    expect(results.nothing?.status).toBe('excluded');
    expect(report).toContain('[offline model] I do not reason');
    for (const { file, line } of sources) expect(report).toContain(`\`${file}:${line}\``);
  });

  it('says so when there is nothing', async () => {
    const folder = await folderWith({ before: { 'a.md': 'Nothing to see.\n' } });
    const { report, results } = await playerIn(folder).playFlow('research-report', {
      question: 'Where do zeppelins moor?',
    });
    expect(results.check?.status).toBe('excluded');
    expect(report).toContain('Nothing was found.');
    expect(report).toContain('- zeppelin moor');
  });

  it('reads pages too, and looks their quotes up again', async () => {
    const folder = await folderWith({ before: { 'a.md': 'The harbour is closed in storms.\n' } });
    const server = createServer((_, response) =>
      response
        .setHeader('content-type', 'text/html')
        .end('<h1>Port</h1><p>The harbour opens at high tide, each day.</p><p>Unrelated text is here too.</p>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/port`;
    const { output, report } = await playerIn(folder).playFlow('research-report', {
      question: 'When is the harbour open?',
      urls: [url],
    });
    const { sources } = output as { sources: Source[] };
    expect(sources).toContainEqual(
      expect.objectContaining({ file: url, quote: 'The harbour opens at high tide, each day.' }),
    );
    expect(sources).toContainEqual(expect.objectContaining({ file: 'a.md', line: 1 }));
    expect(report).toContain(`\`${url}\``);
  });
});

describe('an agent that checks', () => {
  it('distinguishes a quote in its place from one that moved, one that was made up and one without a file', async () => {
    const folder = await folderWith({ before: { 'a.md': 'one\ntwo\nthree\n' } });
    const claims = [
      { file: 'a.md', line: 2, quote: 'two' },
      { file: 'a.md', line: 1, quote: 'three' },
      { file: 'a.md', line: 1, quote: 'four' },
      { file: 'b.md', line: 1, quote: 'one' },
    ];
    const item = {
      type: 'object',
      properties: {
        file: { type: 'string' },
        line: { type: 'integer' },
        holds: { type: 'boolean' },
        note: { type: 'string' },
      },
      required: ['file', 'line', 'holds', 'note'],
    };
    const player = playerIn(folder);
    const schema = { type: 'object', properties: { verdicts: { type: 'array', items: item } } };
    const { result, text } = await player.playAgent(
      player.definitions.agent('skeptic').definition,
      `Are these true?\n${JSON.stringify(claims)}`,
      schema,
    );
    const { verdicts } = result as { verdicts: { line: number; holds: boolean; note: string }[] };
    expect(verdicts.map(({ line, holds }) => [line, holds])).toEqual([
      [2, true],
      [3, true],
      [1, false],
      [1, false],
    ]);
    expect(verdicts.map(({ note }) => note)).toEqual([
      'It is at a.md:2, word for word.',
      'It is at a.md:3, not at line 1, word for word.',
      'The quote is not in a.md near line 1.',
      expect.stringContaining('Not verified: Cannot read "b.md"'),
    ]);
    expect(text).toMatch(/^\[offline model\] I compared 4 claims with the place that is named: 2 hold, 2 do not\./);
  });
});

const planted = {
  'src/db.ts': 'export const find = (name: string) =>\n  db.query("SELECT * FROM users WHERE name = \'" + name);\n',
  'src/work.ts': 'export const work = () => {\n  try {\n    run();\n  } catch {}\n  // eval(text) was here\n};\n',
  'src/work.test.ts': "it('works', () => {\n  work();\n});\n",
};

describe('review-code', () => {
  it('finds what was planted in the change, refutes what is in a comment, and leaves the rest alone', async () => {
    const before = { 'src/old.ts': 'try { old(); } catch {}\n' };
    const folder = await folderWith({ before, after: planted });
    const { report, output } = await playerIn(folder).playFlow('review-code', { base: 'HEAD' });
    const { findings } = output as { findings: (Source & { title: string; severity: string })[] };
    await expectInPlace(folder, findings);
    expect(findings.map(({ file, line, title }) => `${file}:${line} ${title}`)).toEqual([
      'src/db.ts:2 SQL is built from strings',
      'src/work.ts:4 An error is swallowed',
    ]);
    expect(report).toContain('- Code is made from text, `src/work.ts:5`: Line 5 is as quoted, but it is in a comment.');
    expect(report).not.toContain('src/old.ts');
    expect(report).toContain('[offline model] I searched for known marks');
  });

  it('says in words of git why there is nothing to review', async () => {
    const folder = await folderWith({ before: planted });
    const player = playerIn(folder);
    const missing = await player.playFlow('review-code', { base: 'nowhere' });
    expect(missing.report).toContain('There is nothing to review.');
    expect(missing.report).toContain('there is no commit "nowhere"');
    const same = await player.playFlow('review-code', { base: 'HEAD' });
    expect(same.report).toContain('git_diff names 0 places.');
    expect(same.results.review?.status).toBe('excluded');
  });
});

describe('the reviewer', () => {
  it('every mark is a pattern that the search of files can read', async () => {
    const folder = await folderWith({ before: planted });
    const player = playerIn(folder);
    const agent = player.definitions.agent('reviewer').definition;
    const schema = {
      type: 'object',
      properties: {
        findings: {
          type: 'array',
          items: { type: 'object', properties: { title: { type: 'string' }, severity: { type: 'string' } } },
        },
      },
    };
    const { calls } = await player.playAgent(agent, 'Look for issues.\nFolder: src', schema);
    const searches = calls.filter(({ tool }) => tool === 'search_files');
    expect(searches).toHaveLength(5);
    for (const { text } of searches) expect(text).not.toContain('Cannot search');
  });
});

describe('a result that is refused', () => {
  it('is handed in again with less, and given up with the reason', async () => {
    const folder = await folderWith({ before: { 'a.md': 'one\n' } });
    const player = playerIn(folder);
    const agent = player.definitions.agent('searcher').definition;
    const schema = { type: 'object', properties: { answer: { type: 'string', not: {} } }, required: ['answer'] };
    const { result, text, calls } = await player.playAgent(agent, 'Query: tides', schema);
    expect(result).toBeUndefined();
    expect(calls.filter(({ tool }) => tool === 'submit_result')).toHaveLength(3);
    expect(text).toMatch(
      /^\[offline model\] I cannot fill in this schema\. The last refusal: .*does not fit the schema/,
    );
  });
});
