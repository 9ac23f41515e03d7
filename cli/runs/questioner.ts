import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Question, QuestionAnswer } from '../../contracts/runs.ts';
import { harmless, type Style } from '../screen/style.ts';
import { type Ask, parseAnswer } from '../turn/approver.ts';
import { howToAnswer, questionLines } from './describe.ts';
import { askForm } from './form.ts';

/** What comes sooner after the question was typed before it could be read. */
const soonestAnswerMs = 250;

export type Questioner = {
  /** All that wait: new ones are asked, those that no longer wait are taken back. */
  see(questions: readonly Question[]): void;
  close(): void;
};

type Options = {
  note(lines: string): void;
  style: Style;
  ask: Ask | null;
  /** The step or the call that asks, as a user knows it. */
  nameOf(question: Question): string | undefined;
};

/** Asks a user the questions of runs, one after the other; with `ask` null it says how to answer elsewhere. */
export const createQuestioner = (api: ApiClient, { note, style, ask, nameOf }: Options): Questioner => {
  const open = new Map<string, AbortController>();
  let last = Promise.resolve();

  const readAnswer = async (question: Question, ask: Ask, signal: AbortSignal): Promise<QuestionAnswer | null> => {
    while (true) {
      const askedAt = performance.now();
      const line = signal.aborted ? null : await ask('Approve? y, n, or n and a reason: ', signal);
      if (line === null) return null;
      const typed = performance.now() - askedAt < soonestAnswerMs ? null : parseAnswer(line);
      const answer = typed?.remember ? null : typed;
      if (answer?.decision === 'deny') return answer;
      if (!answer) continue;
      const fields = await askForm(question.form, ask, signal);
      return fields && { ...answer, fields };
    }
  };

  const put = async (question: Question, ask: Ask, signal: AbortSignal): Promise<void> => {
    try {
      const answer = await readAnswer(question, ask, signal);
      if (answer) await api.answerQuestion(question.id, answer);
      else if (!signal.aborted) note(`  Answer it with: ${howToAnswer(question)}`);
    } catch (error) {
      note(`${style.red('error')} ${harmless(error instanceof Error ? error.message : String(error))}`);
      const isOver = error instanceof EverturnError && /^approval_/.test(error.code);
      if (!isOver) note(`  Answer it with: ${howToAnswer(question)}`);
    }
  };

  return {
    see(questions) {
      for (const question of questions) {
        if (open.has(question.id)) continue;
        const taken = new AbortController();
        open.set(question.id, taken);
        note(questionLines(question, style, nameOf(question)));
        if (ask) last = last.then(() => put(question, ask, taken.signal));
        else note(`  Answer it with: ${howToAnswer(question)}`);
      }
      for (const [id, taken] of open) if (!questions.some((question) => question.id === id)) taken.abort();
    },
    close() {
      for (const taken of open.values()) taken.abort();
    },
  };
};
