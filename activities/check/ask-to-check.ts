import { stepKey } from '../../contracts/ids.ts';
import type { Operation } from '../../store/operations.ts';
import type { Store } from '../../store/store.ts';
import { argumentsHash } from '../tools/registry.ts';
import { quote } from '../tools/text.ts';
import { askAndWait } from '../turn/ask-and-wait.ts';
import type { Attempt } from '../turn/attempt.ts';

/** As it is named in the inbox: no tool of agents. */
const tool = 'auto_fix';
/** The turn waits so long for an answer. */
const waitMs = 600_000;

const wishes = {
  'Run it now': 'once',
  'Run it after each change in this session': 'always',
  'Do not run it now': 'skip',
  'Never run it in this session': 'never',
} as const;
type Wish = (typeof wishes)[keyof typeof wishes];

const choices = Object.keys(wishes);
const otherwise = 'Do not run it now';

type Options = { operation: Operation; command: readonly string[]; seconds: number };

/** Asks whether changes are to be checked. An attempt that comes later waits for the same answer. */
export const askToCheck = async (
  store: Store,
  { operation: { sessionId, turn, step }, command, seconds }: Options,
  attempt: Pick<Attempt, 'signal' | 'hold'>,
): Promise<Wish> => {
  const text = JSON.stringify({ command });
  const { decision, fields } = await askAndWait(
    { store },
    {
      id: `${stepKey(sessionId, turn, step)}/check`,
      sessionId,
      turn,
      step,
      call: 0,
      asked: {
        tool,
        arguments: text,
        argumentsHash: argumentsHash(tool, text),
        question: {
          question: `Files have changed. Run ${quote(command.join(' '))} in the workspace, for at most ${seconds} s, and have the agent repair what it reports?`,
          kind: 'choice',
          choices,
          default: otherwise,
        },
        deadlineMs: waitMs,
      },
    },
    attempt,
  );
  if (decision !== 'approve') return 'skip';
  return wishes[fields?.answer as keyof typeof wishes] ?? 'skip';
};
