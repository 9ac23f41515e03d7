import { hasEnded } from '../../../contracts/run-view.ts';
import type { RunNode, RunView } from '../../../contracts/runs.ts';
import { oneLine, type Style } from '../../screen/style.ts';
import { nodeLine } from '../describe.ts';
import { callsOf, isAgent, type Phase, phasesOf } from './calls.ts';
import { scriptLine } from './narrator.ts';
import { phaseLine, titleOf } from './phase-line.ts';

type Look = { style: Style; width: number; height: number; now: number };

const isActive = ({ status }: RunNode): boolean => status === 'running' || status === 'waiting';

/** Those with something to come last: they are what is left where not all fit. */
const fitting = (phases: readonly Phase[], height: number): Phase[] => {
  if (phases.length <= height) return [...phases];
  const live = phases.filter(({ calls }) => calls.some(({ status }) => !hasEnded(status)));
  return (live.length > 0 ? live : phases).slice(-height);
};

/** Phases with their bars, then what runs; never more lines than `height`. */
export const scriptBoardLines = (
  view: Pick<RunView, 'nodes' | 'script'>,
  { style, width, height, now }: Look,
): string[] => {
  const phases = fitting(phasesOf(view), Math.max(1, Math.ceil(height / 2)));
  const pad = Math.max(0, ...phases.map((phase) => titleOf(phase).length));
  const bars = phases.map((phase) => phaseLine(phase, { style, width, pad }));
  const active = callsOf(view).filter(isActive);
  const asking = active.filter(({ status }) => status === 'waiting');
  const order = [...asking, ...active.filter(isAgent), ...active].filter((call, at, all) => all.indexOf(call) === at);
  const room = Math.max(0, height - bars.length - 1);
  const shown = order.length <= room + 1 ? order : order.slice(0, room);
  const calls = shown.map((call) => nodeLine(call, undefined, { style, width, now }));
  const rest = order.length - shown.length;
  return [...bars, ...calls, ...(rest > 0 ? [style.dim(`  ${rest} more run`.slice(0, width))] : [])];
};

/** All of a script's run: its phases with their calls, then what it said. */
export const scriptLines = (
  view: Pick<RunView, 'nodes' | 'script'>,
  { style, width, now }: { style: Style; width: number; now: number },
): string[] => {
  const phases = phasesOf(view);
  const pad = Math.max(0, ...phases.map((phase) => titleOf(phase).length));
  const calls = phases.flatMap((phase) => [
    phaseLine(phase, { style, width, pad }),
    ...phase.calls.map((call) => `  ${nodeLine(call, undefined, { style, width: width - 2, now })}`),
  ]);
  const said = (view.script?.lines ?? []).map(
    (line) => `  ${style.dim(new Date(line.at).toLocaleTimeString('sv'))} ${oneLine(scriptLine(line, style), width)}`,
  );
  return [...calls, ...(said.length > 0 ? ['', 'Log', ...said] : [])];
};
