import { createContext, Script } from 'node:vm';

/** The work took longer than it may; it was ended. */
export class OverTime extends Error {
  override readonly name = 'OverTime';
}

const script = new Script('work()');
const place: { work: (() => unknown) | null } = { work: null };
const context = createContext(place);

/** Its class can be of another realm than ours. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Does work that a stranger's text can make long, in this thread, and ends it after `limitMs` milliseconds wherever it
 * is: what it changed must be thrown away then. Throws {@link OverTime}.
 */
export const withinTime = <Result>(limitMs: number, work: () => Result): Result => {
  let done: { result: Result } | undefined;
  const outer = place.work;
  place.work = () => {
    done = { result: work() };
  };
  try {
    script.runInContext(context, { timeout: limitMs });
  } catch (error) {
    throw isTimeout(error) ? new OverTime(`It took more than ${limitMs} ms`) : error;
  } finally {
    place.work = outer;
  }
  if (!done) throw new OverTime(`It took more than ${limitMs} ms`);
  return done.result;
};
