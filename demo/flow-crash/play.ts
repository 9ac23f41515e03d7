import { randomUUID } from 'node:crypto';
import type { RecordedRequest, ScriptedModel } from '../../test/support/scripted-model.ts';
import { now, until } from '../support/clock.ts';
import type { CrashStack } from '../support/stack.ts';
import { flowName, scriptAgents } from './flow.ts';
import { approve, followRun, persist } from './follower.ts';
import { createKiller, type Kill } from './killer.ts';
import type { Moment } from './moments.ts';

export type Stage = { stack: CrashStack; model: ScriptedModel };

export type Played = {
  runId: string;
  key: string;
  startedAt: number;
  endedAt: number;
  kills: readonly Kill[];
  requests: RecordedRequest[];
  /** Seen on the way. */
  faults: string[];
};

const longest = 240_000;

/** Runs the flow to its end, killed at the moments, and answers its question. */
export const playFlow = async ({ stack, model }: Stage, moments: readonly Moment[]): Promise<Played> => {
  await stack.whole();
  const { api } = stack;
  const key = randomUUID();
  const failuresBefore = model.failures.length;
  scriptAgents(model, key);
  const requests = (): RecordedRequest[] => model.requests().filter((request) => request.key?.includes(key));
  const startedAt = now();
  const { id } = await persist('the start of the run', () =>
    api.startRun({ flow: flowName, input: { key }, workspace: stack.project.workspace }, { idempotencyKey: key }),
  );
  const follower = followRun(api, id);
  let isGivenUp = false;
  const isEnded = (): boolean => isGivenUp || follower.isEnded();
  const killer = createKiller({ stack, moments, requests, doing: follower.doing, isEnded });
  const answer = async (): Promise<void> => {
    const question = await until(
      'the question of the run, and the kills before it',
      () => isEnded() || (killer.isAnswerDue() && follower.question()),
      longest,
    );
    if (question !== true) await approve(api, question);
  };
  const end = async (): Promise<number> => {
    await until('the end of the run', isEnded, longest);
    return now();
  };
  try {
    const [endedAt] = await Promise.all([end(), killer.run(), answer()]);
    await stack.whole();
    const faults = [...follower.faults, ...model.failures.slice(failuresBefore)];
    if (killer.kills.length < moments.length) {
      faults.push(`the run ended after ${killer.kills.length} of ${moments.length} kills`);
    }
    return { runId: id, key, startedAt, endedAt, kills: killer.kills, requests: requests(), faults };
  } catch (error) {
    throw new Error(`${(error as Error).message}; run ${id} was at: ${follower.doing()}`, { cause: error });
  } finally {
    isGivenUp = true;
    await follower.close();
  }
};
