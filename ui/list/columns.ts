import { html, nothing, type TemplateResult } from 'lit';
import type { SessionRow } from '../../contracts/api.ts';
import type { RunRow } from '../../contracts/runs.ts';
import type { UsageTotals } from '../../contracts/usage.ts';
import { visible } from '../../contracts/visible.ts';
import type { WaitingFor } from '../../contracts/work.ts';
import { count, dollars, duration, folderName, plural, tokens } from '../parts/model/format.ts';
import { mark, runMark } from '../parts/state-mark.ts';
import '../parts/elapsed.ts';
import '../parts/time.ts';

type Cell = TemplateResult | string | typeof nothing;

/** `name`: the class of its cells. */
export type Column<Row> = { name: string; title: string; cell: (row: Row) => Cell };

const waiting = (waitingFor: WaitingFor | null | undefined): Cell => {
  if (!waitingFor) return nothing;
  const { what, approvers } = waitingFor;
  const who = approvers === null ? 'you' : approvers.join(', ');
  return html`<span title=${`${visible(what)} waits for ${approvers === null ? 'any operator' : approvers.join(', ')}`}>${visible(who)} · ${visible(what)}</span>`;
};

const usageTitle = ({ requests, input, output, cost }: UsageTotals): string =>
  `${plural(requests, 'request')}, ${count(input)} tokens in, ${count(output)} out${cost === null ? ', cost unknown' : ''}`;

const tokenCell = (usage: UsageTotals | null | undefined): Cell =>
  usage
    ? html`<span title=${usageTitle(usage)}>${usage.estimated > 0 ? '~' : ''}${tokens(usage.input + usage.output)}</span>`
    : nothing;

const costCell = (usage: UsageTotals | null | undefined): Cell =>
  usage && usage.cost !== null ? dollars(usage.cost) : nothing;

const sessionMark = ({ status, lastTurn }: SessionRow): TemplateResult => {
  if (status === 'waiting') return mark('warning', 'waiting', 'waiting');
  if (status === 'running') return mark(null, 'running', 'running');
  if (lastTurn === 'failed') return mark('cross', 'failed', 'failed');
  if (lastTurn === 'cancelled') return mark('stop', 'cancelled', 'cancelled');
  return lastTurn === 'completed' ? mark('check', 'completed', 'idle') : mark('circle', 'pending', 'new');
};

/** The name, and after it what it is about, in one line. */
const nameCell = (name: string, about: string): TemplateResult =>
  html`<b>${visible(name)}</b> ${about === '' || about.startsWith(name) ? (about.length > name.length ? html`<span>${visible(about.slice(name.length))}</span>` : nothing) : html`<span>${visible(about)}</span>`}`;

export const sessionColumns: readonly Column<SessionRow>[] = [
  { name: 'state', title: 'State', cell: sessionMark },
  {
    name: 'name',
    title: 'Session',
    cell: ({ title, said = '' }) => nameCell(title || 'Untitled session', said.replaceAll(/\s+/g, ' ').trim()),
  },
  { name: 'waits', title: 'Waiting for', cell: ({ waitingFor }) => waiting(waitingFor) },
  {
    name: 'place',
    title: 'Folder',
    cell: ({ workspace }) => html`<span title=${workspace}>${folderName(workspace)}</span>`,
  },
  { name: 'model', title: 'Model', cell: ({ model }) => html`<span title=${model}>${visible(model)}</span>` },
  { name: 'number turns', title: 'Turns', cell: ({ turns }) => count(turns) },
  { name: 'number tokens', title: 'Tokens', cell: ({ usage }) => tokenCell(usage) },
  { name: 'number cost', title: 'Cost', cell: ({ usage }) => costCell(usage) },
  { name: 'number took', title: 'Duration', cell: ({ tookMs }) => (tookMs ? duration(tookMs) : nothing) },
  { name: 'number at', title: 'Last active', cell: ({ updatedAt }) => html`<ev-time at=${updatedAt}></ev-time>` },
];

const tookOf = ({ createdAt, endedAt }: RunRow): Cell =>
  endedAt === null
    ? html`<ev-elapsed .from=${createdAt}></ev-elapsed>`
    : duration(Date.parse(endedAt) - Date.parse(createdAt));

export const runColumns: readonly Column<RunRow>[] = [
  { name: 'state', title: 'State', cell: runMark },
  {
    name: 'name',
    title: 'Run',
    cell: ({ name, brief = '', code }) => nameCell(name, code ? `${code} · ${brief}` : brief),
  },
  { name: 'waits', title: 'Waiting for', cell: ({ waitingFor }) => waiting(waitingFor) },
  { name: 'place', title: 'Trigger', cell: ({ kind, trigger }) => `${kind} · ${trigger}` },
  {
    name: 'model',
    title: 'Model',
    cell: ({ models = [] }) => html`<span title=${models.join(', ')}>${visible(models.join(', '))}</span>`,
  },
  { name: 'number tokens', title: 'Tokens', cell: ({ usage }) => tokenCell(usage) },
  { name: 'number cost', title: 'Cost', cell: ({ usage }) => costCell(usage) },
  { name: 'number took', title: 'Duration', cell: tookOf },
  { name: 'number at', title: 'Started', cell: ({ createdAt }) => html`<ev-time at=${createdAt}></ev-time>` },
];
