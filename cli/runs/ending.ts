import type { Health } from '../../contracts/api.ts';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';
import { runState } from '../../contracts/run-view.ts';
import type { Run } from '../../contracts/runs.ts';
import { harmless, oneLine, type Style } from '../screen/style.ts';
import { count } from '../turn/describe.ts';
import type { Links } from '../turn/ending.ts';
import { clock, countsLine } from './describe.ts';
import { reuseLines } from './script/reuse.ts';

const namespace = process.env.TEMPORAL_NAMESPACE || 'default';

export const runLinks = (url: string, { temporalUi }: Pick<Health, 'temporalUi'>, id: string): Links => {
  const ui = temporalUi?.replace(/\/+$/, '');
  const workflow = encodeURIComponent(runWorkflowId(id));
  return {
    console: `${url}/r/${encodeURIComponent(id)}`,
    temporalUi: ui ? `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}` : null,
  };
};

const paints: Record<ReturnType<typeof runState>, (style: Style) => (text: string) => string> = {
  running: (style) => style.cyan,
  waiting: (style) => style.yellow,
  paused: (style) => style.yellow,
  queued: (style) => style.dim,
  completed: (style) => style.green,
  failed: (style) => style.red,
  cancelled: (style) => style.yellow,
};
export const paintRunState = (run: Run, style: Style, word: string = runState(run)): string =>
  paints[runState(run)](style)(word);

/** How a run ended, or its current state, in a few lines. */
export const runEndingLines = (view: RunDetail, links: Links, style: Style, now = Date.now()): string => {
  const { run, usage, artifacts } = view;
  const ms = (run.endedAt === null ? now : Date.parse(run.endedAt)) - Date.parse(run.createdAt);
  const tokens = `${count(usage.input, 'token')} in (${usage.cacheRead.toLocaleString('en')} cached), ${usage.output.toLocaleString('en')} out`;
  const cost = usage.cost ? ` · $${usage.cost.toFixed(usage.cost < 1 ? 4 : 2)}` : '';
  const reason =
    run.reason === null
      ? []
      : harmless(run.reason)
          .split('\n')
          .map((line) => `  ${line}`);
  return [
    '',
    `${run.name} ${paintRunState(run, style)} ${run.endedAt === null ? 'for' : 'in'} ${clock(ms)} · ${countsLine(view)} · ${tokens}${cost}`,
    ...reason,
    ...run.warnings.map((warning) => `${style.yellow('warning')}      ${oneLine(warning, 1000)}`),
    ...(view.script ? reuseLines(view, style) : []),
    ...(artifacts.length === 0
      ? []
      : [
          `${style.dim('Files')}        ${artifacts.map(({ name }) => name).join(', ')}`,
          style.dim(`             npx everturn runs artifact ${run.id} NAME prints one`),
        ]),
    `${style.dim('Console')}      ${links.console}`,
    ...(links.temporalUi === null ? [] : [`${style.dim('Temporal UI')}  ${links.temporalUi}`]),
  ].join('\n');
};
