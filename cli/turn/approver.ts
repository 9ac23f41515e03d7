import type { ApiClient } from '../../client/api.ts';
import type { Approval, ApprovalAnswer } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { SessionEvent } from '../../contracts/events.ts';
import { type AskedQuestion, answerFault } from '../../contracts/permissions/question.ts';
import type { QuestionAnswer } from '../../contracts/runs.ts';
import { wordsOfError } from '../output.ts';
import type { Screen } from '../screen/screen.ts';
import { oneLine } from '../screen/style.ts';

/** What comes sooner after the question was typed before it could be read. */
const soonestAnswerMs = 250;

/** Asks a user; null when the question was taken back. */
export type Ask = (question: string, signal: AbortSignal) => Promise<string | null>;

export type Approver = {
  /** Called with every event, after it was printed. */
  follow(event: SessionEvent): void;
  asked(approval: Approval): void;
  /** Takes back what is still asked. */
  close(): void;
};

const remembered: Readonly<Record<string, 'session' | 'here'>> = {
  s: 'session',
  session: 'session',
  a: 'here',
  always: 'here',
};

/** `y`, `s` and `a` to approve, for once, in this session or always here; `n` with or without a reason for the model. */
export const parseAnswer = (line: string): ApprovalAnswer | null => {
  const [, word = '', rest = ''] = /^\s*(y|yes|n|no|s|session|a|always)(?:[\s,:]+(.*))?$/is.exec(line) ?? [];
  const reason = rest.trim();
  const scope = remembered[word.toLowerCase()];
  if (scope) return reason === '' ? { decision: 'approve', remember: { scope } } : null;
  if (word.toLowerCase().startsWith('y')) return reason === '' ? { decision: 'approve' } : null;
  if (word === '') return null;
  return reason === '' ? { decision: 'deny' } : { decision: 'deny', note: reason };
};

/** What was typed as the answer to a question of an agent; choices by their numbers or words. Null: it does not fit. */
export const parseReply = (asked: AskedQuestion, line: string): string | string[] | null => {
  const { kind, choices } = asked;
  const text = line.trim();
  const chosen = (word: string): string => choices[Number(word) - 1] ?? word;
  const parts = kind === 'choices' ? text.split(',').map((part) => chosen(part.trim())) : null;
  const answer = parts ?? (kind === 'choice' ? chosen(text) : text);
  return answerFault(asked, answer) === null ? answer : null;
};

const howToAnswer = ({ id, question }: Approval): string =>
  `npx everturn approve ${id}${question ? ' --answer "…"' : ''}   (or with --deny)`;

const replyPrompt = ({ kind, choices }: AskedQuestion): string => {
  if (kind === 'text') return 'Your answer: ';
  const numbered = choices.map((choice, index) => `${index + 1} ${oneLine(choice, 40)}`).join(', ');
  return `Your answer (${numbered}${kind === 'choices' ? '; several with commas' : ''}): `;
};

/** Asks for each approval, one after the other; with `ask` null it says how to answer elsewhere. */
export const createApprover = (api: ApiClient, screen: Screen, ask: Ask | null): Approver => {
  const open = new Map<string, AbortController>();
  let last = Promise.resolve();

  const showHow = (approval: Approval): void => screen.note(`  Answer it with: ${howToAnswer(approval)}`);

  const answerOf = (asked: Approval['question'], line: string): QuestionAnswer | null => {
    if (!asked) return parseAnswer(line);
    const reply = parseReply(asked, line);
    return reply === null ? null : { decision: 'approve', fields: { answer: reply } };
  };

  const question = async (approval: Approval, signal: AbortSignal): Promise<void> => {
    const { id, tool, question: asked, because } = approval;
    const always = because && because.rule === null ? ', s for this session, a always here' : '';
    const words = asked
      ? replyPrompt(asked)
      : `Allow ${oneLine(tool, 40)}? y${always}, n, or n and a reason for the model: `;
    let answer: QuestionAnswer | null = null;
    while (!answer) {
      const askedAt = performance.now();
      const line = signal.aborted ? null : await ask?.(words, signal);
      if (line === null || line === undefined) {
        if (!signal.aborted) showHow(approval);
        return;
      }
      if (performance.now() - askedAt >= soonestAnswerMs) answer = answerOf(asked, line);
    }
    await api.answerApproval(id, answer);
  };

  const asked = (approval: Approval): void => {
    if (!ask) {
      showHow(approval);
      return;
    }
    const taken = new AbortController();
    open.set(approval.id, taken);
    last = last
      .then(() => question(approval, taken.signal))
      .catch((error: unknown) => {
        screen.note(`${screen.style.red('error')} ${wordsOfError(error)}`);
        const isOver = error instanceof EverturnError && /^approval_/.test(error.code);
        if (!isOver) showHow(approval);
      });
  };

  const close = (): void => {
    for (const taken of open.values()) taken.abort();
    open.clear();
  };

  return {
    asked,
    close,
    follow: (event) => {
      if (event.type === 'approval.asked') asked(event.approval);
      else if (event.type === 'approval.answered') open.get(event.approval.id)?.abort();
      else if (event.type === 'turn.settled') close();
    },
  };
};
