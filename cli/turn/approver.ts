import type { ApiClient } from '../../client/api.ts';
import type { Approval, ApprovalAnswer } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { SessionEvent } from '../../contracts/events.ts';
import type { Screen } from '../screen/screen.ts';
import { harmless, oneLine } from '../screen/style.ts';

/** What comes sooner after the question was typed before it could be read. */
const soonestAnswerMs = 250;

/** Asks a person; null when the question was taken back. */
export type Ask = (question: string, signal: AbortSignal) => Promise<string | null>;

export type Approver = {
  /** To be told of every event, after it was printed. */
  follow(event: SessionEvent): void;
  asked(approval: Approval): void;
  /** Takes back what is still asked. */
  close(): void;
};

/** `y`, or `n` with or without a reason for the model. */
export const parseAnswer = (line: string): ApprovalAnswer | null => {
  const [, word = '', rest = ''] = /^\s*(y|yes|n|no)(?:[\s,:]+(.*))?$/is.exec(line) ?? [];
  const reason = rest.trim();
  if (word.toLowerCase().startsWith('y')) return reason === '' ? { decision: 'approve' } : null;
  if (word === '') return null;
  return reason === '' ? { decision: 'deny' } : { decision: 'deny', note: reason };
};

const howToAnswer = (id: string): string => `npx everturn approve ${id}   (or with --deny)`;

/** Asks for each approval, one after the other; with `ask` null it says how to answer elsewhere. */
export const createApprover = (api: ApiClient, screen: Screen, ask: Ask | null): Approver => {
  const open = new Map<string, AbortController>();
  let last = Promise.resolve();

  const tellHow = (id: string): void => screen.note(`  Answer it with: ${howToAnswer(id)}`);

  const question = async ({ id, tool }: Approval, signal: AbortSignal): Promise<void> => {
    let answer: ApprovalAnswer | null = null;
    while (!answer) {
      const askedAt = performance.now();
      const line = signal.aborted
        ? null
        : await ask?.(`Allow ${oneLine(tool, 40)}? y, n, or n and a reason for the model: `, signal);
      if (line === null || line === undefined) {
        if (!signal.aborted) tellHow(id);
        return;
      }
      if (performance.now() - askedAt >= soonestAnswerMs) answer = parseAnswer(line);
    }
    await api.answerApproval(id, answer);
  };

  const asked = (approval: Approval): void => {
    if (!ask) {
      tellHow(approval.id);
      return;
    }
    const taken = new AbortController();
    open.set(approval.id, taken);
    last = last
      .then(() => question(approval, taken.signal))
      .catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        screen.note(`${screen.style.red('error')} ${harmless(words)}`);
        const isOver = error instanceof EverturnError && /^approval_/.test(error.code);
        if (!isOver) tellHow(approval.id);
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
