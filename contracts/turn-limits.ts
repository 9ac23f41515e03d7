import type { Budget } from './script.ts';

/** What a turn is held to; the defaults of everturn.yaml's `limits`. */
export const turnLimits = {
  /** Model requests in one turn. */
  stepsPerTurn: 200,
  /** Times that a reply that was cut off is continued, or an empty one asked for again. */
  continuations: 3,
  /** Equal calls after which the model is warned; at twice as many the turn ends. */
  equalCalls: 4,
  /** Equal failures in a row after which the model is warned; at twice as many the turn ends. */
  equalFailures: 3,
  /** Failures of any kind in a row after which the model is warned; at four times as many the turn ends. */
  failuresInRow: 8,
  /** Results that do not fit their schema after which the agent ends. */
  refusedResults: 5,
};

export type TurnLimits = typeof turnLimits & {
  /** Of each turn. */
  turn?: Budget | undefined;
  /** Of all turns of a session together. */
  session?: Budget | undefined;
};

type Given = typeof turnLimits & {
  turnTokens?: number | undefined;
  turnDollars?: number | undefined;
  sessionTokens?: number | undefined;
  sessionDollars?: number | undefined;
};

const budgetOf = (tokens: number | undefined, dollars: number | undefined): Budget | undefined =>
  tokens === undefined && dollars === undefined
    ? undefined
    : { ...(tokens === undefined ? {} : { tokens }), ...(dollars === undefined ? {} : { dollars }) };

/** As everturn.yaml says them. */
export const turnLimitsOf = ({
  turnTokens,
  turnDollars,
  sessionTokens,
  sessionDollars,
  ...limits
}: Given): TurnLimits => ({
  ...limits,
  turn: budgetOf(turnTokens, turnDollars),
  session: budgetOf(sessionTokens, sessionDollars),
});
