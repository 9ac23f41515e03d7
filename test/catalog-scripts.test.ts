import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import type { RunNode } from '../contracts/runs.ts';
import { builtInCatalog, openDefinitions } from '../definitions/definitions.ts';
import { createOfflineModel } from '../offline/server.ts';
import { finished, rerunScript, startScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

const repository = path.dirname(import.meta.dirname);

let model: Awaited<ReturnType<typeof createOfflineModel>>;
const opened: Stack[] = [];
beforeAll(async () => {
  model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
});
afterAll(async () => {
  for (const stack of opened) await stack.close();
  await model.close();
});

/** The stack with the offline model. */
const openOffline = async () => {
  const stack = await openStack({ models: ['offline'] });
  opened.push(stack);
  const client = createModelClient({ baseUrl: model.url, apiKey: null, model: 'offline', timeoutMs: 30_000 });
  await Promise.all([stack.startWorker({ models: createModels([client]) }), stack.startScriptWorker()]);
  return stack;
};

const play = async (stack: Stack, name: string, args: unknown) => {
  const { id, run, output } = await finished(stack, await startScript(stack, name, { args }));
  expect(run).toMatchObject({ status: 'completed', reason: null });
  const { nodes, script, artifacts } = await stack.api.getRun(id);
  const agents = Object.values(nodes).filter(({ kind }) => kind === 'agent');
  expect(agents.map(({ status }) => status)).toEqual(agents.map(() => 'completed'));
  const phases = script?.lines.flatMap(({ kind, text }) => (kind === 'phase' ? [text] : [])) ?? [];
  expect(script?.meta.phases.map(({ title }) => title)).toEqual(expect.arrayContaining(phases));
  expect(agents.map(({ phase }) => phase)).toEqual(agents.map(() => expect.any(String)));
  expect(artifacts.map((artifact) => artifact.name)).toContain('report.md');
  return { id, output, agents, phases };
};

/** A report of quotations: a place in backquotes, and below it the line. */
const quotesIn = (report: string) =>
  [...report.matchAll(/`([^`\n]+):(\d+)`[^\n]*\n\n\s*> (.+)$/gm)].map(([, file = '', line, text = '']) => ({
    file,
    line: Number(line),
    text,
  }));

const expectInPlace = async ({ workspace }: Stack, report: string) => {
  const quotes = quotesIn(report);
  expect(quotes.length).toBeGreaterThan(0);
  for (const { file, line, text } of quotes) {
    const lines = (await readFile(path.join(workspace, file), 'utf8')).split('\n');
    expect(lines[line - 1], `${file}:${line}`).toContain(text);
  }
  return quotes;
};

type Planned = { steps: { place: string }[]; unverified: string[] };
const planOf = async ({ store }: Stack, run: string): Promise<Planned> =>
  JSON.parse(String((await store.artifacts.read(run, 'plan.json'))?.bytes)) as Planned;

/** Without a change every agent's result is used again. */
const expectNothingAgain = async (stack: Stack, run: string, agents: readonly RunNode[]) => {
  const again = await rerunScript(stack, run);
  expect(again.run).toMatchObject({ status: 'completed' });
  const { nodes } = await stack.api.getRun(again.id);
  const shown = Object.values(nodes).filter(({ kind }) => kind === 'agent');
  expect(shown).toHaveLength(agents.length);
  expect(shown.map(({ label, reusedFrom }) => [label, reusedFrom])).toEqual(shown.map(({ label }) => [label, run]));
  return again.output;
};

it('the scripts of the catalog have neither errors nor warnings', () => {
  const nowhere = path.join(builtInCatalog, 'nothing');
  const found = openDefinitions({ project: nowhere, home: nowhere }).scripts();
  expect(found.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['bounty-hunt', 'deep-research', 'find-issues', 'multi-review', 'plan-verify']),
  );
  expect(found.flatMap(({ faults, warnings }) => [...faults, ...warnings])).toEqual([]);
});

it('deep-research quotes this repository at its lines, and searches for what is open', {
  timeout: 240_000,
}, async () => {
  const stack = await openOffline();
  const parts = ['README.md', 'docs', 'contracts', 'store', 'activities', 'workflows', 'worker', 'offline'];
  execFileSync('cp', ['-r', ...parts.map((name) => path.join(repository, name)), stack.workspace]);
  const question = 'How is a model call kept from being paid twice here?';
  const { id, output, agents, phases } = await play(stack, 'deep-research', question);
  const quotes = await expectInPlace(stack, String(output));
  expect(quotes.length).toBeGreaterThan(4);
  expect(quotes.slice(0, 3).some(({ text }) => /paid (?:again|twice)|never paid/.test(text))).toBe(true);
  expect(phases).toEqual(['Plan', 'Search', 'Check', 'Gaps', 'Write']);
  expect(agents.filter(({ phase }) => phase === 'Search').length).toBeGreaterThan(2);
  expect(output).toContain('[offline model] I do not reason');
  expect(await expectNothingAgain(stack, id, agents)).toBe(output);
});

const planted = {
  'src/db.ts': 'export const find = (name: string) =>\n  db.query("SELECT * FROM users WHERE name = \'" + name);\n',
  'src/work.ts': 'export const work = () => {\n  try {\n    run();\n  } catch {}\n  // eval(text) was here\n};\n',
  'docs/users.md': 'Users are found by name.\nA user that is deleted keeps the name for a month.\n',
};

/** A repository with one commit, and a change that is in none. */
const plant = async ({ workspace }: Stack) => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], { cwd: workspace });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  for (const [file, text] of Object.entries(planted)) {
    await mkdir(path.dirname(path.join(workspace, file)), { recursive: true });
    await writeFile(path.join(workspace, file), text);
    git('add', file);
  }
};

describe('on a small repository', { timeout: 240_000 }, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openOffline();
    await plant(stack);
  });

  it('multi-review ranks what was planted, and refutes what stands in a comment', async () => {
    const { id, output, agents, phases } = await play(stack, 'multi-review', { base: 'HEAD' });
    const quotes = await expectInPlace(stack, String(output));
    expect(quotes.map(({ file, line }) => `${file}:${line}`)).toEqual(['src/db.ts:2', 'src/work.ts:4']);
    expect(output).toContain('Findings that stood: 2. Refuted: 1.');
    expect(output).toContain('- Code is made from text, `src/work.ts:5`: Line 5 is as quoted, but it is in a comment.');
    expect(output).toContain('[offline model] I searched for known marks');
    expect(phases).toEqual(['Diff', 'Review', 'Refute', 'Report']);
    expect(agents.map(({ label }) => label).toSorted()).toEqual([
      'concurrency',
      'correctness',
      'security',
      'simplicity',
      'src/db.ts:2',
      'src/work.ts:4',
      'src/work.ts:5',
      'tests',
    ]);
    const found = await stack.store.artifacts.read(id, 'findings.json');
    expect(JSON.parse(String(found?.bytes))).toMatchObject([
      { file: 'src/db.ts', line: 2, severity: 'critical', eyes: ['security'] },
      { file: 'src/work.ts', line: 4, severity: 'high', eyes: ['correctness'] },
    ]);
    expect(await expectNothingAgain(stack, id, agents)).toBe(output);
  });

  it('multi-review asks nobody where nothing changed, and fails in the words of git without a commit', async () => {
    const same = await finished(stack, await startScript(stack, 'multi-review', { args: { base: 'nowhere' } }));
    expect(same.run).toMatchObject({ status: 'failed', reason: expect.stringContaining('no commit "nowhere"') });
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', 'commit', '-qm', 'two'], {
      cwd: stack.workspace,
    });
    const { agents, output } = await play(stack, 'multi-review', 'HEAD');
    expect(agents).toEqual([]);
    expect(output).toContain('- 0 changed files were reviewed');
  });

  it('bounty-hunt goes on until a round finds nothing new, and asks two sceptics about each claim', async () => {
    const { id, output, agents } = await play(stack, 'bounty-hunt', { folder: 'src' });
    const quotes = await expectInPlace(stack, String(output));
    expect(quotes.map(({ file, line }) => `${file}:${line}`)).toEqual(['src/db.ts:2', 'src/work.ts:4']);
    expect(output).toContain('2 confirmed, 0 open, 1 refuted.');
    expect(output).toContain('- Rounds: 2. New claims in the last one: 0.');
    expect(output).toContain('without understanding the code');
    const hunters = agents.filter(({ phase }) => phase === 'Hunt').map(({ label }) => label);
    expect(hunters.toSorted()).toEqual(
      ['concurrency', 'correctness', 'security'].flatMap((kind) => [
        `${kind}, slice 1, round 1`,
        `${kind}, slice 1, round 2`,
      ]),
    );
    expect(agents.filter(({ phase }) => phase === 'Try')).toHaveLength(6);
    expect(await expectNothingAgain(stack, id, agents)).toBe(output);
  });

  it('find-issues goes on until two rounds find nothing new, and leaves out what is known', async () => {
    const { id, output, agents, phases } = await play(stack, 'find-issues', { folder: 'src' });
    const quotes = await expectInPlace(stack, String(output));
    expect(quotes.map(({ file, line }) => `${file}:${line}`)).toEqual(['src/db.ts:2', 'src/work.ts:4']);
    expect(output).toContain('2 stood, 1 were refuted, 0 have no verdict.');
    expect(output).toContain('- Rounds: 3; the last 2 found nothing new. Known before: 0.');
    expect(phases).toEqual(['Divide', 'Scout', 'Check', 'Scout', 'Check', 'Scout', 'Check', 'Report']);
    const labels = agents.map(({ label }) => label).toSorted();
    expect(labels).toEqual(
      [
        'divide',
        ...[1, 2, 3].map((round) => `src, round ${round}`),
        'src/db.ts:2',
        'src/work.ts:4',
        'src/work.ts:5',
      ].toSorted(),
    );
    expect(await expectNothingAgain(stack, id, agents)).toBe(output);
    const known = ['src/db.ts:2', { file: 'src/work.ts', line: 99, quote: '} catch {}' }];
    const again = await play(stack, 'find-issues', { folder: 'src', known });
    expect(again.output).toContain('0 stood, 1 were refuted');
    expect(again.output).toContain('Known before: 2.');
  });

  it('plan-verify names places that are there, and says that the rest is not verified', async () => {
    const { id, output, agents, phases } = await play(stack, 'plan-verify', 'Find users by email, not by name');
    const { steps, unverified } = await planOf(stack, id);
    const quotes = await expectInPlace(stack, String(output));
    expect(quotes.map(({ file }) => file)).toEqual(expect.arrayContaining(['src/db.ts', 'docs/users.md']));
    expect(steps.map(({ place }) => place)).toEqual(steps.map(() => 'there'));
    expect(unverified).toHaveLength(steps.length + 2);
    expect(unverified[0]).toContain('unverified. This takes judgement, which the offline model does not have.');
    expect(output).toMatch(/\[offline model\] \d+ lines found for “Find users by email/);
    expect(phases).toEqual(['Plan', 'Criticise', 'Revise', 'Verify']);
    expect(agents.map(({ label }) => label).toSorted()).toEqual(['checklist', 'completeness', 'cost', 'order', 'plan']);
    expect(await expectNothingAgain(stack, id, agents)).toEqual(output);
  });
});

describe('with a model that says what is not so', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    opened.push(stack);
    await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
    await plant(stack);
  });
  const handsIn = (key: string, ...results: unknown[]) => {
    const steps = results.map((result) => ({
      reply: { toolCalls: [{ name: 'submit_result', arguments: { result } }] },
    }));
    stack.model.script(steps, key);
  };

  it('deep-research drops a quote that was made up, mends a line, and leaves out a statement without a source', async () => {
    const passage = { file: 'docs/users.md', line: 2, text: 'Users are found by name.', why: 'It says so.' };
    const madeUp = { ...passage, text: 'Users are found by magic.' };
    const noFile = { ...passage, file: 'docs/none.md' };
    handsIn('Split this question', { searches: [{ angle: 'names', query: 'users name' }], note: 'As asked.' });
    handsIn('Find passages', { passages: [passage, madeUp, noFile] });
    handsIn('Which parts of the question', { gaps: [], note: 'Nothing is open.' });
    handsIn('Answer the question', {
      answer: 'By name.',
      statements: [
        { text: 'By name', sources: [1] },
        { text: 'By magic', sources: [2] },
      ],
    });
    const { output } = await play(stack, 'deep-research', { question: 'How are users found?', folder: 'docs' });
    expect(quotesIn(String(output))).toEqual([{ file: 'docs/users.md', line: 1, text: passage.text }]);
    expect(output).toContain('- By name [1]\n');
    expect(output).not.toContain('magic');
    expect(output).toContain('- 1 passages stand at their places. 2 do not: docs/users.md:2, docs/none.md:2');
  });

  it('plan-verify has a plan revised whose place is not there, and tells what failed', async () => {
    const step = { title: 'Add a column', detail: 'For the email.', file: 'src/db.ts', line: 1, quote: 'no such line' };
    const view = { objections: [], note: 'Looked.' };
    handsIn('Plan how to reach', { steps: [step], note: 'No more.' });
    handsIn('Criticise this plan', view, view, view);
    handsIn('Revise this plan', { steps: [{ ...step, quote: 'export const find' }], note: 'Moved.' });
    handsIn('Verify this plan', {
      checks: [
        { number: 1, verdict: 'verified', why: 'src/db.ts:1' },
        { number: 2, verdict: 'failed', why: 'There is only one.' },
        { number: 3, verdict: 'verified', why: 'Yes.' },
      ],
    });
    const { id, output } = await play(stack, 'plan-verify', { goal: 'Find users by email' });
    const { steps, unverified } = await planOf(stack, id);
    expect(steps).toMatchObject([{ quote: 'export const find', place: 'there' }]);
    expect(unverified).toEqual([
      'No step needs what only a later one makes: failed. There is only one.',
      'Each objection is answered, or does not hold: unverified. It was not checked.',
    ]);
    expect(output).toContain('- Objections: 1. The plan was revised.');
  });
});
