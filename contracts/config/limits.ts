import { z } from 'zod';
import { replyLimits } from '../reply-limits.ts';
import { turnLimits } from '../turn-limits.ts';

/** The section `limits` of everturn.yaml. */
export const Limits = z.strictObject({
  stepsPerTurn: z
    .int()
    .min(1)
    .max(10_000)
    .default(turnLimits.stepsPerTurn)
    .describe('Model requests in one turn. After that the model is asked for a summary.'),
  continuations: z
    .int()
    .min(0)
    .max(20)
    .default(turnLimits.continuations)
    .describe('How many times in a row a reply that was cut off is continued, or an empty one is requested again.'),
  equalCalls: z
    .int()
    .min(2)
    .max(1000)
    .default(turnLimits.equalCalls)
    .describe(
      'Calls in a row without new information, after which the model gets a warning; at twice as many the turn ends.',
    ),
  equalFailures: z
    .int()
    .min(2)
    .max(1000)
    .default(turnLimits.equalFailures)
    .describe('Equal failures in a row after which the model gets a warning; at twice as many the turn ends.'),
  failuresInRow: z
    .int()
    .min(2)
    .max(1000)
    .default(turnLimits.failuresInRow)
    .describe(
      'Failures of any kind in a row after which the model gets a warning; at four times as many the turn ends.',
    ),
  refusedResults: z
    .int()
    .min(1)
    .max(100)
    .default(turnLimits.refusedResults)
    .describe('Results that do not fit their schema, after which the agent ends.'),
  turnTokens: z.int().positive().optional().describe('Tokens of all kinds that one turn may use. Default: no limit.'),
  turnDollars: z.number().positive().optional().describe('US dollars that one turn may cost. Default: no limit.'),
  sessionTokens: z
    .int()
    .positive()
    .optional()
    .describe('Tokens of all kinds that a session may use, with its background agents. Default: no limit.'),
  sessionDollars: z
    .number()
    .positive()
    .optional()
    .describe('US dollars that a session may cost, with its background agents. Default: no limit.'),
  scriptAgents: z
    .int()
    .min(1)
    .max(1000)
    .default(64)
    .describe('Agents of scripts that run at once, over all runs; further ones wait in order.'),
  scriptRuns: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('Runs of scripts at once; further ones are queued in order.'),
  agentsPerRun: z
    .int()
    .min(1)
    .max(200)
    .default(16)
    .describe('Agents of one run of a script at once, unless the run sets another limit.'),
  agentMinutes: z
    .number()
    .positive()
    .max(1440)
    .default(5)
    .describe("Minutes that one attempt of a script's agent may take, if its call has no `timeout`."),
  runTokens: z
    .int()
    .positive()
    .optional()
    .describe(
      'Tokens of all kinds that the agents of one run of a script may use together, if it was started without a budget. Default: no limit.',
    ),
  runMinutes: z
    .number()
    .positive()
    .max(525_600)
    .optional()
    .describe(
      'Minutes that one run of a script may take, pauses included, if it was started without `--timeout`. Default: no limit.',
    ),
  replyBytes: z
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(replyLimits.replyBytes)
    .describe(
      'Bytes of one reply: text, thinking and tool calls together. A longer one fails with `model_reply_too_long`.',
    ),
  replyLineBytes: z
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(replyLimits.replyLineBytes)
    .describe("Bytes of one line of a provider's stream."),
  replyMinutes: z
    .number()
    .positive()
    .max(110)
    .default(replyLimits.replyMinutes)
    .describe('Minutes after which an unfinished reply is abandoned.'),
  allKeysMarked: z
    .enum(['fail', 'wait'])
    .default('wait')
    .describe(
      'What a turn does when every key that it could use is marked: `wait` for the first one that recovers, or `fail` at once.',
    ),
  waitSeconds: z
    .int()
    .min(1)
    .max(2_592_000)
    .default(172_800)
    .describe(
      'Seconds that one step of a turn may wait for keys, all its waits together. A longer wait ends the turn.',
    ),
  commandSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(120)
    .describe('Seconds after which a command of `run_command` is ended.'),
  subagentsPerSession: z
    .int()
    .min(1)
    .max(1000)
    .default(4)
    .describe('Background agents of one session that run at once; further ones wait in order.'),
  subagents: z
    .int()
    .min(1)
    .max(10_000)
    .default(16)
    .describe('Background agents of all sessions that run at once; further ones wait in order.'),
  subagentDepth: z
    .int()
    .min(0)
    .max(5)
    .default(1)
    .describe(
      'Levels of background agents below a session. With 1 they cannot spawn any; with 0 sessions cannot either.',
    ),
});
