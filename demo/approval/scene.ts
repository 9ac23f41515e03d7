import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Approval } from '../../contracts/approvals.ts';
import type { ToolResultBody } from '../../contracts/chunks.ts';
import { until } from '../support/clock.ts';
import { type CommandEnd, runCommand } from '../support/command.ts';
import { type CrashStack, targets } from '../support/stack.ts';

/** What a person sees and does in one session, and the end of every process in between. */
export const createScene = (stack: CrashStack, sessionId: string) => {
  const { project } = stack;
  const results = async (): Promise<ToolResultBody[]> => {
    const { view } = await stack.api.getSession(sessionId);
    return view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body] : []));
  };
  return {
    results,
    /** The result of a call, by its number in the session. */
    result: (number: number): Promise<ToolResultBody> =>
      until(`the result of call ${number}`, async () => (await results())[number - 1]),
    /** A call that waits, once the session has so many results. */
    asked: (after: number): Promise<Approval> =>
      until(`a question after ${after} results`, async () => {
        const { view } = await stack.api.getSession(sessionId);
        const count = view.chunks.filter(({ body }) => body.kind === 'tool_result').length;
        return count === after ? view.approvals[0] : undefined;
      }),
    /** kill -9 of every process, then `everturn up`. */
    async killAll(): Promise<void> {
      await stack.kill(...targets);
      await stack.up();
      await stack.whole();
    },
    everturn: (...args: string[]): Promise<CommandEnd> => runCommand(project, args),
    ran: async (): Promise<string[]> =>
      (await readFile(path.join(project.workspace, 'ran.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
  };
};
