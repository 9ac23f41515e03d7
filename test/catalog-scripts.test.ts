import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import type { RunNode } from '../contracts/runs.ts';
import { builtInCatalog, openDefinitions } from '../definitions/definitions.ts';
import { createOfflineModel } from '../offline/server.ts';
import { finished, rerunScript, startScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

const repository = path.dirname(import.meta.dirname);

/** The stack with the offline model. */
const openOffline = async () => {
  const model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(() => model.close());
  const stack = await openStack({ models: ['offline'] });
  onTestFinished(() => stack.close());
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

it('the scripts of the catalog have neither faults nor warnings', () => {
  const nowhere = path.join(builtInCatalog, 'nothing');
  const found = openDefinitions({ project: nowhere, home: nowhere }).scripts();
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['deep-research']));
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
  expect(quotes.some(({ text }) => /paid|twice/.test(text))).toBe(true);
  expect(phases).toEqual(['Plan', 'Search', 'Check', 'Gaps', 'Write']);
  expect(agents.filter(({ phase }) => phase === 'Search').length).toBeGreaterThan(2);
  expect(output).toContain('[offline model] I do not reason');
  expect(await expectNothingAgain(stack, id, agents)).toBe(output);
});
