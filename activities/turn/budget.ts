import { ApplicationFailure } from '@temporalio/activity';
import type { Budget } from '../../contracts/script.ts';
import type { Spent } from '../../store/run-limits.ts';
import type { Store } from '../../store/store.ts';

const isOver = (budget: Budget | null, { tokens, dollars }: Spent): boolean =>
  (budget?.tokens !== undefined && tokens >= budget.tokens) ||
  (budget?.dollars !== undefined && dollars >= budget.dollars);

/**
 * Throws `budget_spent`: agents that run when the budget of their run, or their own, is spent make no further request.
 * One request may go beyond it, for nobody knows before how long the reply is.
 */
export const checkBudget = async (store: Store, sessionId: string): Promise<void> => {
  const budget = await store.runLimits.budget(sessionId);
  if (!budget) return;
  const isSpent =
    (budget.total && isOver(budget.total, await store.runLimits.spentByRun(budget.runId))) ||
    (budget.own && isOver(budget.own, await store.runLimits.spentByNode(budget.node)));
  if (isSpent) throw ApplicationFailure.nonRetryable('budget_spent', 'budget_spent');
};
