import type { RunView } from '../../../contracts/runs.ts';
import type { ScriptLine } from '../../../contracts/script.ts';
import { harmless, type Style } from '../../screen/style.ts';

export const scriptLine = ({ kind, text }: Pick<ScriptLine, 'kind' | 'text'>, style: Style): string =>
  kind === 'phase' ? style.bold(`▸ ${harmless(text)}`) : harmless(text);

/** What a script says, each line once. */
export const createNarrator = (note: (lines: string) => void, style: Style) => {
  let told = 0;
  return {
    see({ script }: Pick<RunView, 'script'>): void {
      for (const line of script?.lines ?? []) {
        if (line.n <= told) continue;
        told = line.n;
        note(scriptLine(line, style));
      }
    },
  };
};
