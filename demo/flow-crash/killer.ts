import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedRequest } from '../../test/support/scripted-model.ts';
import { now, until } from '../support/clock.ts';
import type { CrashStack, Target } from '../support/stack.ts';
import type { Moment } from './moments.ts';

export type Kill = { target: Target; at: number; during: string };

type Options = {
  stack: CrashStack;
  moments: readonly Moment[];
  requests(): readonly RecordedRequest[];
  /** What the run was doing, in words. */
  doing(): string;
  isEnded(): boolean;
};

/** Kills at each moment, in their order. A supervisor is started again by us, as by its user. */
export const createKiller = ({ stack, moments, requests, doing, isEnded }: Options) => {
  const kills: Kill[] = [];
  const distinct = (): number => new Set(requests().map(({ raw }) => raw)).size;

  const strike = async ({ target, requests: wanted, afterMs }: Moment): Promise<void> => {
    await until(`request ${wanted} of the run`, () => distinct() >= wanted || isEnded(), 180_000);
    await delay(afterMs);
    await until(`a ${target} to kill`, () => stack.isUp() && stack.isRunning(target));
    if (isEnded()) return;
    const kill = { target, at: now(), during: doing() };
    await stack.kill(target);
    kills.push(kill);
    if (target === 'supervisor') await stack.up();
  };

  return {
    kills,
    /** Whether all moments that come before the answer are over. */
    isAnswerDue: (): boolean => kills.length >= moments.filter(({ isBeforeAnswer }) => isBeforeAnswer).length,
    async run(): Promise<void> {
      for (const moment of moments) await strike(moment);
    },
  };
};
