import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import { createOfflineModel } from '../offline/server.ts';
import { ended, output, startRun, statuses } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';

const repository = path.dirname(import.meta.dirname);

type Source = { file: string; line: number; quote: string };

/** The stack with the offline model; its workspace has the documents of this repository and some of its code. */
const openCopy = async () => {
  const model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(() => model.close());
  const stack = await openStack({ models: ['offline'] });
  onTestFinished(() => stack.close());
  const folders = ['docs', 'store', 'offline'].map((name) => path.join(repository, name));
  execFileSync('cp', ['-r', ...folders, stack.workspace]);
  const client = createModelClient({ baseUrl: model.url, apiKey: null, model: 'offline', timeoutMs: 30_000 });
  await stack.startWorker({ models: createModels([client]) });
  return stack;
};

const expectInPlace = async ({ workspace }: Stack, sources: readonly Source[]) => {
  for (const { file, line, quote } of sources) {
    const lines = (await readFile(path.join(workspace, file), 'utf8')).split('\n');
    expect(lines[line - 1], `${file}:${line}`).toContain(quote);
  }
};

const reportOf = async ({ store }: Stack, run: string): Promise<string> =>
  (await store.artifacts.read(run, 'report.md'))?.bytes.toString() ?? '';

it('research-report runs to its end and quotes files at their lines', async () => {
  const stack = await openCopy();
  const input = { question: 'How does this project keep a stream gap-free?', folder: '.' };
  const run = await startRun(stack, 'research-report', { input });
  expect(await ended(stack, run)).toMatchObject({ status: 'completed' });
  expect(await statuses(stack, run)).toMatchObject({ web: 'skipped', nothing: 'excluded', ground: 'completed' });
  expect(await reportOf(stack, run)).toContain('[offline model] I do not reason');
  const { sources } = (await output(stack, run)) as { sources: Source[] };
  expect(sources.length).toBeGreaterThan(2);
  await expectInPlace(stack, sources);
});

it('review-code finds what was planted, and each finding has a verdict', async () => {
  const stack = await openCopy();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], { cwd: stack.workspace });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  await mkdir(path.join(stack.workspace, 'planted'));
  await writeFile(path.join(stack.workspace, 'planted/a.ts'), 'try {\n  run();\n} catch {}\n// eval(text) was here\n');
  git('add', 'planted');
  const run = await startRun(stack, 'review-code', { input: { base: 'HEAD' } });
  expect(await ended(stack, run)).toMatchObject({ status: 'completed' });
  const { findings } = (await output(stack, run)) as { findings: (Source & { title: string })[] };
  expect(findings).toMatchObject([{ file: 'planted/a.ts', line: 3, title: 'An error is swallowed' }]);
  await expectInPlace(stack, findings);
  expect(await reportOf(stack, run)).toContain('Line 4 is as quoted, but it is in a comment.');
});
