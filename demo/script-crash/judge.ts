import { countRepeated } from '../support/repeated.ts';
import type { CrashStack } from '../support/stack.ts';
import type { AnsweringModel, Asked } from './model.ts';
import { differences, type Outcome, type RunRecord, readRun } from './outcome.ts';
import type { Played } from './play.ts';

export type Verdict = {
  runId: string;
  tookMs: number;
  calls: number;
  /** Different requests. */
  questions: number;
  modelCalls: number;
  /** Cut off before their end. */
  cut: number;
  /** Whole at the provider, and asked again because nobody lived to seal them. */
  unsealed: number;
  /** Sealed, and asked again. */
  finishedRepeated: number;
  outcome: Outcome;
  /** When something of it began or ended. */
  moves: number[];
  /** What is not as promised; empty when all is. */
  faults: string[];
};

const finishedRepeated = async ({ api }: CrashStack, { nodes }: RunRecord, asked: readonly Asked[]) => {
  const counts = await Promise.all(
    nodes.map(async ({ label, sessionId, kind }) => {
      if (sessionId === null || kind !== 'agent') return 0;
      const { spans } = await api.listSpans(sessionId, { limit: 500 });
      return countRepeated(
        asked.filter(({ agent }) => agent === label),
        spans,
      );
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

/** What all others are held against must be whole. */
const notCompleted = ({ outcome, nodes }: RunRecord): string[] => {
  const failed = nodes.filter(({ status }) => status !== 'completed').map(({ label, status }) => `${label} ${status}`);
  return (outcome.run as { status: string }).status === 'completed' && failed.length === 0
    ? []
    : [`the undisturbed run is ${JSON.stringify(outcome.run)}; ${failed.join(', ')}`];
};

const distinct = (asked: readonly Asked[]): number => new Set(asked.map(({ raw }) => raw)).size;

export const judge = async (
  stack: CrashStack,
  model: AnsweringModel,
  { runId, key, tookMs, faults }: Played,
  undisturbed: Verdict | null,
): Promise<Verdict> => {
  const record = await readRun(stack.api, runId);
  const asked = model.asked.filter(({ run }) => run === key);
  const repeated = await finishedRepeated(stack, record, asked);
  const whole = asked.filter(({ isWhole }) => isWhole);
  const { outcome, nodes, endedAt } = record;
  const questions = distinct(asked);
  return {
    runId,
    tookMs,
    calls: nodes.length,
    questions,
    modelCalls: asked.length,
    cut: asked.length - whole.length,
    unsealed: whole.length - distinct(whole) - repeated,
    finishedRepeated: repeated,
    outcome,
    moves: [
      ...nodes.flatMap(({ startedAt, endedAt: ended }) =>
        [startedAt, ended].flatMap((at) => (at ? Date.parse(at) : [])),
      ),
      ...asked.flatMap(({ startedAt, endedAt: ended, isWhole }) => [startedAt, ...(ended && isWhole ? [ended] : [])]),
      endedAt,
    ],
    faults: [
      ...faults,
      ...(undisturbed ? differences(outcome, undisturbed.outcome) : notCompleted(record)),
      ...(repeated > 0 ? [`${repeated} finished model calls were made again`] : []),
      ...(undisturbed && questions !== undisturbed.questions
        ? [`its agents asked ${questions} different things, undisturbed ${undisturbed.questions}`]
        : []),
    ],
  };
};
