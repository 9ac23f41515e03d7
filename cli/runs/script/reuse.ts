import type { RunView } from '../../../contracts/runs.ts';
import { oneLine, type Style } from '../../screen/style.ts';
import { nodeName } from '../describe.ts';
import { callsOf, isAgent } from './calls.ts';

/** What a re-run took from earlier runs, and what it ran with the reason. */
export const reuseOf = (view: Pick<RunView, 'nodes'>) => {
  const agents = callsOf(view).filter(isAgent);
  const reused = agents.filter(({ reusedFrom }) => reusedFrom !== null);
  return {
    agents: agents.length,
    reused: reused.length,
    ran: agents
      .filter(({ reusedFrom }) => reusedFrom === null)
      .map((node) => ({ call: node.step, name: nodeName(node), because: node.freshBecause })),
  };
};

const maxTold = 12;

/** Lines for the end of a re-run, and of a run that used results of others; none for any other run. */
export const reuseLines = (view: Pick<RunView, 'nodes' | 'run'>, style: Style): string[] => {
  const { agents, reused, ran } = reuseOf(view);
  if (view.run.rerunOf === null)
    return reused === 0 ? [] : [`${style.dim('Reused')}       ${reused} of ${agents} agents, from other runs`];
  const told = ran.slice(0, maxTold).map(({ name, because }) => oneLine(`${name}: ${because ?? 'no result'}`, 200));
  const rest = ran.length - told.length;
  return [
    `${style.dim('Reused')}       ${reused} of ${agents} agents, from ${view.run.rerunOf}`,
    ...told.map((line, at) => `${style.dim((at === 0 ? 'Ran' : '').padEnd(11))}  ${line}`),
    ...(rest > 0 ? [`${' '.repeat(13)}and ${rest} more`] : []),
  ];
};
