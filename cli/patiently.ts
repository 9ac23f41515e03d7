import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, EverturnError } from '../contracts/errors.ts';

/** The stack answered a moment ago, or was started by us, so it is worth some patience: its supervisor restarts what died. */
const patienceMs = 15_000;
const pauseMs = 250;
const passing: readonly ErrorCode[] = ['not_running', 'database_unavailable', 'temporal_unavailable'];

/** Repeats a request, which must take effect once, while the stack is unavailable. */
export const patiently = async <Result>(request: () => Promise<Result>): Promise<Result> => {
  const deadline = performance.now() + patienceMs;
  while (true) {
    try {
      return await request();
    } catch (error) {
      const mayPass = error instanceof EverturnError && passing.includes(error.code);
      if (!mayPass || performance.now() > deadline) throw error;
    }
    await delay(pauseMs);
  }
};
