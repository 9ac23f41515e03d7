import type { Outcome } from '../../client/follow-message.ts';
import type { Health } from '../../contracts/api.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { Style } from '../screen/style.ts';
import { count, duration } from './describe.ts';

export type Links = { console: string; temporalUi: string | null };

const namespace = process.env.TEMPORAL_NAMESPACE || 'default';

export const linksOf = (url: string, health: Health, sessionId: string, turn: number): Links => {
  const workflow = encodeURIComponent(turnWorkflowId(sessionId, turn));
  const ui = health.temporalUi?.replace(/\/+$/, '');
  return {
    console: `${url}/s/${encodeURIComponent(sessionId)}#turn-${turn}`,
    temporalUi: ui ? `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}` : null,
  };
};

const marks: Record<Outcome['status'], (style: Style) => string> = {
  completed: (style) => style.green('completed'),
  failed: (style) => style.red('failed'),
  cancelled: (style) => style.yellow('cancelled'),
};

export const endingLines = ({ status, usage, durationMs }: Outcome, links: Links, style: Style): string => {
  const { input, cacheRead, output, requests } = usage;
  const tokens = `${count(input, 'token')} in (${cacheRead.toLocaleString('en')} cached), ${output.toLocaleString('en')} out`;
  return [
    '',
    `${marks[status](style)} in ${duration(durationMs)} · ${tokens} · ${count(requests, 'request')}`,
    `${style.dim('Console')}      ${links.console}`,
    ...(links.temporalUi === null ? [] : [`${style.dim('Temporal UI')}  ${links.temporalUi}`]),
  ].join('\n');
};
