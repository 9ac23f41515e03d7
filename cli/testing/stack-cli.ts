import { afterAll, beforeAll } from 'vitest';
import { openStack, type Stack } from '../../test/support/stack.ts';
import { type CliOptions, type CliRun, startCli } from './cli.ts';

/** A stack with one worker for the tests of a file, and the command talking to it. */
export const useStack = () => {
  let stack: Stack | undefined;
  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker();
  });
  afterAll(() => stack?.close());

  const opened = (): Stack => {
    if (!stack) throw new Error('The stack is not open yet');
    return stack;
  };
  const start = (args: string[], { env, ...options }: CliOptions = {}): CliRun => {
    const { baseUrl, token } = opened();
    return startCli(args, { env: { EVERTURN_API_URL: baseUrl, EVERTURN_TOKEN: token, ...env }, ...options });
  };
  return { stack: opened, start, run: (args: string[], options?: CliOptions) => start(args, options).ended };
};

export const sessionIn = (text: string): string => /s_[0-9a-f]{24}/.exec(text)?.[0] ?? '';
