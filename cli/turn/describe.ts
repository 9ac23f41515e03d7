import type { Approval } from '../../contracts/approvals.ts';
import type { KeptFile, KeptImage } from '../../contracts/attachments.ts';
import type { ToolCallBody, ToolResultBody } from '../../contracts/chunks.ts';
import { shownArguments, shownAsked, visibleInLine } from '../../contracts/shown.ts';
import { oneLine, type Style } from '../screen/style.ts';

export const count = (value: number, noun: string): string =>
  `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;

export const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

export const callLine = ({ tool, arguments: text }: ToolCallBody, style: Style, width: number): string =>
  `${style.cyan('●')} ${style.bold(visibleInLine(tool))} ${oneLine(text, Math.max(20, width - tool.length - 4))}`;

/** What was attached, in one line. */
export const attachmentLine = (attached: KeptImage | KeptFile): string => {
  const { name, mediaType } = attached;
  const facts =
    'width' in attached
      ? [`${attached.width} × ${attached.height} pixels`]
      : [...(attached.pages === null ? [] : [count(attached.pages, 'page')]), count(attached.characters, 'character')];
  return `attached ${visibleInLine(name)} (${[mediaType, ...facts].join(', ')})`;
};

const marks: Record<ToolResultBody['status'], (style: Style) => string> = {
  ok: (style) => style.green('✓'),
  error: (style) => style.red('✗'),
  denied: (style) => style.yellow('✗'),
  interrupted: (style) => style.yellow('!'),
  cancelled: (style) => style.yellow('✗'),
};

/** One line: how the call ended, how much it gave, and how that begins. */
export const resultLine = (result: ToolResultBody, style: Style, width: number): string => {
  const { status, tool, text, durationMs } = result;
  const size = text === '' ? 'nothing' : count(text.trimEnd().split('\n').length, 'line');
  const facts = [status === 'ok' ? size : status, duration(durationMs)].join(', ');
  const head = `${visibleInLine(tool)}: ${facts}`;
  const start = oneLine(text.slice(0, 1000), Math.max(20, width - head.length - 8));
  return `  ${marks[status](style)} ${head}${start === '' ? '' : style.dim(` · ${start}`)}`;
};

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** A question of an agent, or a call with all its arguments, and why a user is asked. */
export const approvalLines = (
  { tool, arguments: text, id, about, question, because, deadline }: Approval,
  style: Style,
): string => {
  if (question) {
    const until = deadline ? `, until ${new Date(deadline).toLocaleString('sv')}` : '';
    return `${style.yellow('?')} ${style.bold('The agent asks')} ${style.dim(`(${id}${until})`)}\n${indented(shownAsked(question))}`;
  }
  return [
    `${style.yellow('?')} ${style.bold(visibleInLine(tool))} waits for your approval ${style.dim(`(${id})`)}, with exactly these arguments:`,
    exactArguments(text),
    ...(about === undefined ? [] : [`  ${style.yellow(visibleInLine(about))}`]),
    ...(because ? [style.dim(`    Why it is asked: ${visibleInLine(because.words)}`)] : []),
  ].join('\n');
};

/** Indented, and complete. */
export const exactArguments = (text: string): string => indented(shownArguments(text));

export const decisionLine = (approval: Approval, style: Style): string => {
  const { decision, tool, note, id, answeredBy, because } = approval;
  const late = approval.lateBy ? ' late' : '';
  const why = answeredBy === 'rule' && because ? because.words : note;
  const verb = decision === 'approve' || approval.lateBy ? style.green(`approved${late}`) : style.red('denied');
  return `${verb} ${visibleInLine(tool)}${why ? `: ${oneLine(why, 200)}` : ''} ${style.dim(`(${id})`)}`;
};
