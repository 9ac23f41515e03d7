import type { Decision } from './approvals.ts';
import type { ErrorCode } from './errors.ts';
import type { ToolEffect } from './tools.ts';

/** What passes between workflows and activities through Temporal: ids, counters and short labels, nothing else. */

/** A tool call as a workflow knows it: its place and its tool's name if we have such a tool, never its arguments. */
export type Call = { call: number; tool: string; effect: ToolEffect; approval: 'none' | 'pending' | Decision };

type OfTurn = { sessionId: string; turn: number };

export type CallModelInput = OfTurn & { step: number; messageId: string; agent: string };

/** `finished`: the reply asks for no tool and has ended the turn, or somebody else has. */
export type CallModelResult = { outcome: 'tools'; calls: Call[] } | { outcome: 'finished' };

export type RunToolInput = OfTurn & { step: number; call: number; agent: string };

export type SettleTurnInput = OfTurn & { messageId: string; status: 'failed' | 'cancelled'; code: ErrorCode };

export type Activities = {
  /** Asks the model and seals its reply. Throws failures whose type is a code of the error table. */
  callModel(input: CallModelInput): Promise<CallModelResult>;
  /** Runs one tool call, or records why it did not run, and seals its result. What the tool says never throws. */
  runTool(input: RunToolInput): Promise<void>;
  /** Ends a turn that no sealed reply ends. Idempotent: the first end stands. */
  settleTurn(input: SettleTurnInput): Promise<void>;
};
