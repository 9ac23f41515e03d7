import { randomUUID } from 'node:crypto';
import { approve, followRun, persist } from '../flow-crash/follower.ts';
import { now, until } from '../support/clock.ts';
import type { CrashStack } from '../support/stack.ts';
import { budgetTokens, scriptName } from './script.ts';

export type Played = { runId: string; key: string; startedAt: number; tookMs: number; faults: string[] };

const maxMs = 600_000;

/** Runs the script to its end, and answers its question once. */
export const playScript = async (stack: CrashStack, signal: AbortSignal): Promise<Played> => {
  const { api } = stack;
  const key = randomUUID();
  const startedAt = now();
  const { id } = await persist('the start of a run', () =>
    api.startRun(
      { script: scriptName, args: { key }, workspace: stack.project.workspace, budget: { tokens: budgetTokens } },
      { idempotencyKey: key },
    ),
  );
  const follower = followRun(api, id);
  const isOver = (): boolean => signal.aborted || follower.isEnded();
  try {
    const question = await until(
      `the question of run ${id}`,
      () => (isOver() ? { none: true as const } : follower.question()),
      maxMs,
    );
    if (!('none' in question)) await approve(api, question);
    await until(`the end of run ${id}`, isOver, maxMs);
    return { runId: id, key, startedAt, tookMs: now() - startedAt, faults: follower.faults };
  } catch (error) {
    throw new Error(`${(error as Error).message}; it was at: ${follower.doing()}`, { cause: error });
  } finally {
    await follower.close();
  }
};
