import type { RunView } from '../../../contracts/runs.ts';
import { oneLine, type Style } from '../../screen/style.ts';
import { nodeLine } from '../describe.ts';
import { phasesOf } from './calls.ts';
import { scriptLine } from './narrator.ts';
import { phaseLine, titleOf } from './phase-line.ts';

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
