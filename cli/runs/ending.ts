import type { Health } from '../../contracts/api.ts';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';
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

const paints: Record<Run['status'], (style: Style) => (text: string) => string> = {
  running: (style) => style.cyan,
  completed: (style) => style.green,
  failed: (style) => style.red,
  cancelled: (style) => style.yellow,
};
export const paintRunStatus = (status: Run['status'], style: Style): string => paints[status](style)(status);

/** How a run has ended, in few lines. */
export const runEndingLines = (view: RunDetail, links: Links, style: Style): string => {
  const { run, usage, artifacts } = view;
  const ms = Date.parse(run.endedAt ?? run.createdAt) - Date.parse(run.createdAt);
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
    `${run.name} ${paintRunStatus(run.status, style)} in ${clock(ms)} · ${countsLine(view)} · ${tokens}${cost}`,
    ...reason,
    ...run.warnings.map((warning) => `${style.yellow('warning')}      ${oneLine(warning, 1000)}`),
    ...(view.script ? reuseLines(view, style) : []),
    ...(artifacts.length === 0 ? [] : [`${style.dim('Files')}        ${artifacts.map(({ name }) => name).join(', ')}`]),
    `${style.dim('Console')}      ${links.console}`,
    ...(links.temporalUi === null ? [] : [`${style.dim('Temporal UI')}  ${links.temporalUi}`]),
  ].join('\n');
};
