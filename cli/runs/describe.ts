import { stepName } from '../../contracts/ids.ts';
import { hasEnded } from '../../contracts/run-view.ts';
import type { ItemCounts, NodeStatus, Question, RunNode, RunView } from '../../contracts/runs.ts';
import { shownField, visibleInLine } from '../../contracts/shown.ts';
import { harmless, oneLine, type Style } from '../screen/style.ts';
import { count, duration } from '../turn/describe.ts';

type Look = { mark: string; paint: (style: Style) => (text: string) => string };

const looks: Record<NodeStatus, Look> = {
  pending: { mark: '·', paint: (style) => style.dim },
  running: { mark: '●', paint: (style) => style.cyan },
  waiting: { mark: '?', paint: (style) => style.yellow },
  completed: { mark: '✓', paint: (style) => style.green },
  failed: { mark: '✗', paint: (style) => style.red },
  timed_out: { mark: '✗', paint: (style) => style.red },
  cancelled: { mark: '✗', paint: (style) => style.yellow },
  skipped: { mark: '–', paint: (style) => style.dim },
  excluded: { mark: '–', paint: (style) => style.dim },
};

const paintMark = (status: NodeStatus, style: Style): string => looks[status].paint(style)(looks[status].mark);

/** `1.2 s`, `3 m 05 s`, `2 h 10 m`. */
export const clock = (ms: number): string => {
  if (ms < 60_000) return duration(ms);
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${String(Math.floor(ms / 1000) % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`;
};

/** Null before it has begun, and for what never ran. */
export const tookMs = ({ startedAt, endedAt }: RunNode, now: number): number | null =>
  startedAt === null ? null : (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);

export const itemsDone = (counts: ItemCounts): { ended: number; total: number } => {
  const entries = Object.entries(counts) as [NodeStatus, number][];
  const total = entries.reduce((sum, [, number]) => sum + number, 0);
  const ended = entries.filter(([status]) => hasEnded(status)).reduce((sum, [, number]) => sum + number, 0);
  return { ended, total };
};

const tokensOf = ({ usage }: RunNode): string | null =>
  usage && usage.requests > 0 ? count(usage.input + usage.output, 'token') : null;

const choiceOf = ({ chosen, label }: RunNode): string | null => {
  if (chosen === null) return null;
  if (label !== null) return oneLine(label, 60);
  return chosen === -1 ? 'default' : chosen === -2 ? 'no case' : `case ${chosen + 1}`;
};

/** What a script's call gave at once has been taken from nowhere. */
const isOwn = ({ key, reusedFrom }: RunNode): boolean => key.startsWith(`run/${reusedFrom}/`);

/** Everything worth a word beside the status, and none of what is not there. */
export const factsOf = (node: RunNode, counts: ItemCounts | undefined, now: number): string[] => {
  const ms = tookMs(node, now);
  const items = counts && itemsDone(counts);
  return [
    ms === null ? null : clock(ms),
    items ? `items ${items.ended}/${items.total}` : null,
    tokensOf(node),
    choiceOf(node),
    node.attempt > 1 ? `attempt ${node.attempt}` : null,
    node.reusedFrom !== null && !isOwn(node) ? `reused from ${node.reusedFrom}` : null,
    node.freshBecause === null ? null : `not reused: ${node.freshBecause}`,
  ].filter((fact) => fact !== null);
};

/** A call of a script by its label, otherwise by its kind and place: users do not know its id. */
export const nodeName = ({ step, index, kind, label, ordinal }: RunNode): string => {
  if (ordinal !== null)
    return oneLine(label === null ? `${kind} ${ordinal + 1}` : kind === 'sleep' ? `sleep ${label}` : label, 60);
  return index === null ? step : `${step}[${index}]`;
};

/** One line of at most `width` characters. */
export const nodeLine = (
  node: RunNode,
  counts: ItemCounts | undefined,
  { style, width, now, pad = 0 }: { style: Style; width: number; now: number; pad?: number },
): string => {
  const name = nodeName(node).padEnd(pad);
  // It has ended once its script is read; what runs within it are nodes of their own.
  const isRead = node.kind === 'workflow' && node.status === 'completed';
  const facts = isRead
    ? 'its script runs within this run'
    : [node.status as string, ...factsOf(node, counts, now)].join(', ');
  const head = `${name}  ${facts}`;
  const room = width - head.length - 6;
  const reason = node.reason !== null && room > 8 ? style.dim(`  ${oneLine(node.reason, room)}`) : '';
  return `${paintMark(node.status, style)} ${head.slice(0, width - 2)}${reason}`;
};

/** `name`: of the step or the call that asks. */
export const questionLines = (
  { id, step, prompt, form, approvers, deadline }: Question,
  style: Style,
  name = stepName(step),
): string => {
  const facts = [
    id,
    ...(approvers === null ? [] : [`for ${approvers.join(', ')}`]),
    ...(deadline === null ? [] : [`until ${new Date(deadline).toLocaleString('sv')}`]),
  ].join(', ');
  const text = harmless(prompt)
    .split('\n')
    .map((line) => `    ${line}`);
  return [
    `${style.yellow('?')} ${style.bold(visibleInLine(name))} asks ${style.dim(`(${visibleInLine(facts)})`)}`,
    ...text,
    ...form.map((field) => `    ${shownField(field)}`),
  ].join('\n');
};

export const howToAnswer = ({ id, form }: Question): string => {
  const fields = form.map(({ name, type }) => ` --field ${name}=${type}`).join('');
  return `npx everturn approve '${id}'${fields}   (or with --deny)`;
};

const totalsOf = <State extends string>(statuses: readonly State[]): Map<State, number> => {
  const totals = new Map<State, number>();
  for (const status of statuses) totals.set(status, (totals.get(status) ?? 0) + 1);
  return totals;
};

const totalsLine = (statuses: readonly string[]): string =>
  [...totalsOf(statuses)].map(([status, number]) => `${number} ${status}`).join(', ');

/** How many agents of a script's run are in each state. */
export const agentTotals = ({ nodes }: Pick<RunView, 'nodes'>): Partial<Record<NodeStatus, number>> => {
  const agents = Object.values(nodes).filter(({ kind }) => kind === 'agent');
  return Object.fromEntries(totalsOf(agents.map(({ status }) => status)));
};

/** What is said of a step that a run, which has ended, did not come to. */
export const notBegun = 'not begun';

/** Steps of a flow, or agents and other calls of a script, by their state. */
export const countsLine = (
  view: Pick<RunView, 'steps' | 'nodes'> & { script?: RunView['script']; run?: Pick<RunView['run'], 'status'> },
): string => {
  const unseen = (view.run?.status ?? 'running') === 'running' ? 'pending' : notBegun;
  if (!view.script) return totalsLine(view.steps.map(({ id }) => view.nodes[id]?.status ?? unseen));
  const calls = Object.values(view.nodes);
  const agents = calls.filter(({ kind }) => kind === 'agent');
  const others = calls.length - agents.length;
  const states = agents.length === 0 ? '' : ` (${totalsLine(agents.map(({ status }) => status))})`;
  return `${count(agents.length, 'agent')}${states}${others === 0 ? '' : `, ${count(others, 'other call')}`}`;
};

export const answerLine = ({ decision, step, note, id }: Question, style: Style): string => {
  const verb = decision === 'approve' ? style.green('approved') : style.red('denied');
  return `${verb} ${visibleInLine(step)}${note ? `: ${oneLine(note, 200)}` : ''} ${style.dim(`(${id})`)}`;
};
