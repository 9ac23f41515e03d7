import { z } from 'zod';
import { runState } from '../../../contracts/run-view.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import type { Tool } from '../tool.ts';
import type { ScriptToolDependencies } from './dependencies.ts';

const maxLines = 20;
const maxCharacters = 20_000;

export const createScriptStatus = ({ store }: ScriptToolDependencies): Tool =>
  defineTool({
    name: 'script_status',
    description:
      'Say how far a run that run_script started has come: its agents by state, its newest log lines, its result.',
    parameters: z.strictObject({ run: z.string().min(1).max(100).describe('The id of the run') }),
    effect: 'pure',
    isQuick: true,
    permission: 'read',
    doing: ({ run }) => `look at the run ${run}`,
    async run({ run: id }) {
      const [run, state, end] = await Promise.all([
        store.runs.find(id),
        store.runView.state(id),
        store.runs.output(id),
      ]);
      if (!run) throw failed(`there is no run ${id}`);
      const counts = new Map<string, number>();
      for (const { status } of Object.values(state.nodes)) counts.set(status, (counts.get(status) ?? 0) + 1);
      const lines = [
        `Run ${id} of ${run.name}: ${runState(run)}${run.reason ? ` (${run.reason})` : ''}`,
        `Calls: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'none yet'}`,
        ...state.lines.slice(-maxLines).map(({ kind, text }) => (kind === 'phase' ? `# ${text}` : text)),
      ];
      if (run.status === 'completed')
        lines.push('Result:', JSON.stringify(end?.output ?? null).slice(0, maxCharacters));
      return ok(lines.join('\n'));
    },
  });
