import { hasEnded } from '../../../contracts/run-view.ts';
import type { NodeStatus, RunNode } from '../../../contracts/runs.ts';
import { oneLine, type Style } from '../../screen/style.ts';
import { count } from '../../turn/describe.ts';
import { isAgent, type Phase } from './calls.ts';

const cells = 20;
const maxTitleLength = 30;
export const withoutPhase = '(no phase)';

export const titleOf = ({ title }: Phase): string => oneLine(title ?? withoutPhase, maxTitleLength);

/** What a user calls the states of an agent. */
const words: Partial<Record<NodeStatus, string>> = {
  pending: 'waiting',
  waiting: 'asking you',
  timed_out: 'timed out',
};

const isBad = ({ status }: RunNode): boolean => hasEnded(status) && status !== 'completed';

/** As long as `cells`; what is there, however little, has one cell at least where there is room. */
const barOf = (agents: readonly RunNode[], style: Style): string => {
  const done = agents.filter(({ status }) => status === 'completed').length;
  const bad = agents.filter(isBad).length;
  const active = agents.filter(({ status }) => status === 'running' || status === 'waiting').length;
  const upTo = (number: number): number => Math.round((number / agents.length) * cells);
  const [first, second, third] = [upTo(done), upTo(done + bad), upTo(done + bad + active)];
  return [
    style.green('█'.repeat(first)),
    style.red('█'.repeat(second - first)),
    style.cyan('▒'.repeat(third - second)),
    style.dim('░'.repeat(cells - third)),
  ].join('');
};

/** `8/12` and how many are in which state; those that have completed are the first number. */
const countsOf = (agents: readonly RunNode[]): string => {
  const counts = new Map<string, number>();
  const add = (word: string): void => {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  for (const { status, reusedFrom } of agents) {
    if (status !== 'completed') add(words[status] ?? status);
    else if (reusedFrom !== null) add('reused');
  }
  const ended = agents.filter(({ status }) => hasEnded(status)).length;
  const states = [...counts].map(([word, number]) => `${number} ${word}`).join(', ');
  return `${ended}/${agents.length}${states === '' ? '' : ` · ${states}`}`;
};

/** A phase with a bar of its agents; without any, with the number of its other calls. */
export const phaseLine = (
  phase: Phase,
  { style, width, pad }: { style: Style; width: number; pad: number },
): string => {
  const title = titleOf(phase).padEnd(pad);
  const agents = phase.calls.filter(isAgent);
  if (agents.length === 0) {
    const ended = phase.calls.filter(({ status }) => hasEnded(status)).length;
    const others = phase.calls.length === 0 ? '' : `  ${ended}/${count(phase.calls.length, 'call')}`;
    return style.dim(`${title}${others}`.slice(0, width));
  }
  const room = width - pad - cells - 4;
  const counts = countsOf(agents);
  if (room < counts.length) return `${title}  ${counts}`.slice(0, width);
  return `${style.bold(title)}  ${barOf(agents, style)}  ${counts}`;
};
