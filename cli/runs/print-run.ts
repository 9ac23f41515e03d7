import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { NodeResult } from '../../contracts/runs.ts';
import { printJson } from '../run-command.ts';
import { harmless, styleOf } from '../screen/style.ts';
import { howToAnswer, nodeLine, nodeName, notBegun, questionLines } from './describe.ts';
import { runEndingLines, runLinks } from './ending.ts';
import { readResult, resultText } from './result.ts';
import { callsOf } from './script/calls.ts';
import { scriptLines } from './script/script-board.ts';

/** Failed items that are listed with their step. */
const maxItems = 20;

type RunTarget = { api: ApiClient; id: string; json: boolean };

/** The current state of a run. */
export const printRun = async ({ api, url, id, json }: RunTarget & { url: string }): Promise<void> => {
  const view = await api.getRun(id);
  if (json) return printJson(view);
  const style = styleOf(process.stdout);
  const width = process.stdout.columns ?? 120;
  const pad = Math.min(30, Math.max(...view.steps.map((step) => step.id.length)));
  const stepLines = (): string[] =>
    view.steps.map((step) => {
      const node = view.nodes[step.id];
      if (node) return nodeLine(node, view.items[step.id], { style, width, now: Date.now(), pad });
      return style.dim(`· ${step.id.padEnd(pad)}  ${view.run.status === 'running' ? 'pending' : notBegun}`);
    });
  const lines = view.script ? scriptLines(view, { style, width, now: Date.now() }) : stepLines();
  const nameOf = (step: string): string | undefined => {
    const node = view.nodes[step];
    return node && nodeName(node);
  };
  const questions = view.questions.flatMap((question) => [
    questionLines(question, style, nameOf(question.step)),
    `  Answer it with: ${howToAnswer(question)}`,
  ]);
  const elsewhere =
    view.run.waiting && view.questions.length === 0
      ? [`${style.yellow('?')} An agent or a run within it asks: npx everturn approvals`]
      : [];
  const links = runLinks(url, await api.health(), id);
  const text = resultText(await readResult(api, view));
  const output = text === null ? [] : ['', style.dim('Output'), harmless(text.trimEnd())];
  const all = [...lines, ...questions, ...elsewhere, runEndingLines(view, links, style), ...output];
  process.stdout.write(`${all.join('\n')}\n`);
};

/** A call of a script is known by its label or its name too. */
const readCall = async (api: ApiClient, id: string, name: string): Promise<NodeResult> => {
  const calls = callsOf(await api.getRun(id));
  const fits = calls.filter((call) => call.step === name || call.label === name || nodeName(call) === name);
  const [call] = fits;
  if (!call) {
    const names = [...new Set(calls.map(nodeName))].slice(0, 50).join(', ');
    throw new EverturnError('step_not_found', `Cannot find ${name} in run ${id}. Its calls are ${names || 'none yet'}`);
  }
  if (fits.length > 1) {
    const ids = fits.slice(0, 20).map(({ step }) => step);
    throw new EverturnError(
      'step_not_found',
      `Cannot tell which ${name} of run ${id} to show: ${fits.length} have this name. Use an id: ${ids.join(', ')}`,
    );
  }
  return await api.getNode(id, call.step, null);
};

const readStep = async (api: ApiClient, id: string, step: string): Promise<NodeResult> => {
  const [, name = step, index] = /^(.*)\[(\d+)\]$/.exec(step) ?? [];
  return await api.getNode(id, name, index === undefined ? null : Number(index));
};

/** `step`, or `step[3]` for an item; of a script, a call. */
export const printStep = async ({ api, id, step, json }: RunTarget & { step: string }): Promise<void> => {
  const { kind } = (await api.getRun(id)).run;
  const name = /^(.*)\[\d+\]$/.exec(step)?.[1] ?? step;
  const result = kind === 'script' ? await readCall(api, id, step) : await readStep(api, id, step);
  if (json) return printJson(result);
  const style = styleOf(process.stderr);
  const { node, output } = result;
  const wide = { style, width: process.stderr.columns ?? 120, now: Date.now() };
  process.stderr.write(`${nodeLine({ ...node, reason: null }, undefined, wide)}\n`);
  if (node.reason !== null) process.stderr.write(`${harmless(node.reason)}\n`);
  if (node.sessionId !== null) process.stderr.write(style.dim(`Session ${node.sessionId}\n`));
  if (node.childRun !== null) process.stderr.write(style.dim(`Run ${node.childRun}\n`));
  if (node.index === null && node.total !== null) {
    for (const status of ['failed', 'timed_out'] as const) {
      const { items } = await api.listItems(id, name, { status, limit: maxItems });
      for (const item of items) process.stderr.write(`  ${nodeLine(item, undefined, wide)}\n`);
    }
  }
  const text = resultText(output);
  if (text !== null) process.stdout.write(`${harmless(text)}\n`);
};
