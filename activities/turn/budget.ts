import type { ErrorCode } from '../../contracts/errors.ts';
import type { Budget } from '../../contracts/script.ts';
import type { TurnLimits } from '../../contracts/turn-limits.ts';
import type { Operation } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Spent } from '../../store/run-limits.ts';
import type { Store } from '../../store/store.ts';
import type { Move } from './guards/decide.ts';
import { stop } from './guards/verdict.ts';

/** A limit, its use so far, and the text that is shown when it is reached. */
type Account = {
  budget: Budget | null | undefined;
  spent: () => Promise<Spent>;
  code: ErrorCode;
  what: string;
  advice: string;
};

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 4 });

/** What is used up, in words; null while there is something left. */
const usedUp = ({ tokens, dollars }: Budget, spent: Spent): string | null => {
  if (tokens !== undefined && spent.tokens >= tokens)
    return `${number(spent.tokens)} of ${number(tokens)} tokens were used`;
  if (dollars !== undefined && spent.dollars >= dollars)
    return `${number(spent.dollars)} of ${number(dollars)} US dollars were used`;
  return null;
};

type Scope = { operation: Operation; context: StepContext };

const accountsOf = async (store: Store, { operation, context }: Scope, limits: TurnLimits): Promise<Account[]> => {
  const { sessionId, turn } = operation;
  const { runLimits } = store;
  const run = context.runId === null ? undefined : await runLimits.budget(sessionId);
  const budgetOf = (name: 'turn' | 'session') => context.budget?.[name] ?? limits[name];
  const ofRun: Account[] = run
    ? [
        {
          budget: run.total,
          spent: () => runLimits.spentByRun(run.runId),
          code: 'budget_spent',
          what: 'the budget of the run is spent',
          advice: 'Give the run a larger one',
        },
        ...run.scopes.map(({ id, what, budget }) => ({
          budget,
          spent: () => runLimits.spentByScope(run.runId, id),
          code: 'budget_spent' as const,
          what: `the budget of ${what} is spent`,
          advice: 'Give it a larger one',
        })),
        {
          budget: run.own,
          spent: () => runLimits.spentByNode(run.node),
          code: 'budget_spent',
          what: 'the budget of this agent is spent',
          advice: 'Give agent() a larger one',
        },
      ]
    : [];
  return [
    ...ofRun,
    {
      budget: budgetOf('turn'),
      spent: () => runLimits.spentByTurn(sessionId, turn),
      code: 'turn_budget_spent',
      what: 'the budget of the turn is spent',
      advice:
        'Send "continue" to continue in a new turn with its own budget, or raise limits.turnTokens or limits.turnDollars in everturn.yaml',
    },
    {
      budget: budgetOf('session'),
      spent: () => runLimits.spentBySession(sessionId),
      code: 'session_budget_spent',
      what: 'the budget of the session is spent',
      advice: 'Begin another session, or raise limits.sessionTokens or limits.sessionDollars in everturn.yaml',
    },
  ];
};

/**
 * The end of the turn where a budget that the session is under is spent: of its run, its agent, the turn, or the session. One
 * request may exceed it, because the length of a reply is not known in advance.
 */
export const budgetSpent = async (
  store: Store,
  scope: Scope,
  limits: TurnLimits,
): Promise<Extract<Move, { kind: 'stop' }> | null> => {
  for (const { budget, spent, code, what, advice } of await accountsOf(store, scope, limits)) {
    const used = budget && usedUp(budget, await spent());
    if (used) return { kind: 'stop', body: stop(code, `Stopped: ${what}: ${used}. ${advice}`).body };
  }
  return null;
};
