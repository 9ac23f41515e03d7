import type { Call } from '../../contracts/activities.ts';
import type { ChunkBody, NewChunk, ToolCallBody } from '../../contracts/chunks.ts';
import { type ErrorCode, errorTable } from '../../contracts/errors.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import type { Operation } from '../../store/operations.ts';
import type { Store } from '../../store/store.ts';
import type { Tool } from '../tools/tool.ts';
import type { SessionAgent } from './agent.ts';

export const isCall = (body: ChunkBody): body is ToolCallBody => body.kind === 'tool_call';

/** In sessions that say so, changes to files wait in the queue or are applied at once, without an approval. */
export const isLeftToQueue = (tool: Tool, { changeMode }: Pick<SessionAgent, 'changeMode'>): boolean =>
  tool.plan !== undefined && changeMode !== 'ask';

/** What is said after a reply gets ordinals beyond any that a reply can use: within a step, the order of `seq` counts. */
const firstAfter = 9500;

/** The chunks of a step: what is said before the reply, the reply as it streamed in, and what is said after it. */
export const toChunks = (
  bodies: readonly ChunkBody[],
  before: readonly ChunkBody[] = [],
  after: readonly ChunkBody[] = [],
): NewChunk[] => [
  ...[...before, ...bodies].map((body, ordinal) => ({ ordinal, body })),
  ...after.map((body, index) => ({ ordinal: firstAfter + index, body })),
];

/** Parts of a reply at the ordinals that its chunks will have. */
export const afterNotices = (parts: readonly DeltaPart[], { length }: readonly ChunkBody[]): DeltaPart[] =>
  parts.map((part) => ({ ...part, ordinal: part.ordinal + length }));

/** The error that ends a turn as failed; why is in the system chunk before it. */
export const errorOf = (code: ErrorCode): ChunkBody => ({ kind: 'error', code, message: errorTable[code].meaning });

/**
 * Whether the activity of a step runs the calls of its reply too: all of them answer in milliseconds, may be repeated, and
 * need no approval. A separate activity would cost more than they do.
 */
export const runWithin = (calls: readonly Call[], { tools, maxToolCalls }: SessionAgent): boolean =>
  maxToolCalls === undefined &&
  calls.every(({ tool: wanted, approval, effect }) => {
    const tool = tools.find(({ name }) => name === wanted);
    return approval === 'none' && effect === 'pure' && (tool === undefined || tool.isQuick === true);
  });

/** The calls with what a user has said about them: a restarted workflow does not know it. */
export const withAnswers = async (
  store: Store,
  { sessionId, turn, step }: Operation,
  calls: readonly Call[],
): Promise<Call[]> => {
  if (!calls.some(({ approval }) => approval === 'pending')) return [...calls];
  const answers = await store.approvals.answers(sessionId, turn, step);
  return calls.map((call) => ({ ...call, approval: answers.get(call.call) ?? call.approval }));
};
