import type { ChunkBody, SystemBody, ToolCallBody } from '../../contracts/chunks.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { ModelReply } from '../model/client.ts';
import { isCutJson, isJsonObject } from './cut-json.ts';

type Reply = Pick<ModelReply, 'bodies' | 'finishReason'>;

type StepFacts = {
  model: string;
  /** A user reads the reply. The result of a step, a script's agent or a background agent is read by a program. */
  isAttended: boolean;
  /** The summary of a turn that has used its steps: calls in it do not run. */
  isLast: boolean;
  stepsPerTurn: number;
};

/** What a turn makes of a reply. `again`: the model is asked to continue, or once more. */
export type End = {
  bodies: ChunkBody[];
  after: SystemBody[];
  how: 'calls' | 'again' | 'completed' | { failed: ErrorCode };
};

const isCall = (body: ChunkBody): body is ToolCallBody => body.kind === 'tool_call';

const withoutCalls = (bodies: readonly ChunkBody[]): ChunkBody[] => bodies.filter((body) => !isCall(body));

const hasText = (bodies: readonly ChunkBody[]): boolean =>
  bodies.some((body) => body.kind === 'text' && body.text.trim() !== '');

/**
 * Of a reply that was cut, calls whose arguments can be read were whole before. Some servers say nothing of the cut, or that
 * the reply ended with its calls: there, a call whose arguments end in the middle is one that was cut.
 */
const markCut = (body: ChunkBody, finishReason: Reply['finishReason']): ChunkBody => {
  if (!isCall(body)) return body;
  const isCut = finishReason === 'length' ? !isJsonObject(body.arguments) : isCutJson(body.arguments);
  return isCut ? { ...body, isWhole: false } : body;
};

const notice = (code: ErrorCode, text: string): SystemBody => ({ kind: 'system', label: 'notice', text, code });

const guard = (code: ErrorCode, text: string): SystemBody => ({ kind: 'system', label: 'guard', text, code });

const notRun = (bodies: readonly ChunkBody[]): string => {
  const { length } = bodies.filter(isCall);
  return length === 0
    ? ''
    : ` ${length === 1 ? 'The call that came with it was' : `The ${length} calls that came with it were`} not run.`;
};

const refused = ({ bodies, finishReason }: Reply, { model }: StepFacts): End => {
  const who =
    finishReason === 'content_filter' ? `The provider's filter stopped the reply` : 'The model refused to answer';
  const text = `${who} ("${finishReason}", model "${model}").${notRun(bodies)} Change the request, or ask another model`;
  return {
    bodies: withoutCalls(bodies),
    after: [notice('model_refused_content', text)],
    how: { failed: 'model_refused_content' },
  };
};

const cut = (marked: ChunkBody[], { model, isAttended }: StepFacts): End => {
  const calls = marked.filter(isCall);
  const lost = calls.some(({ isWhole }) => isWhole === false) ? ' A call that was not whole does not run.' : '';
  const nothing = !hasText(marked) && calls.length === 0;
  const what = nothing ? 'The reply was cut off before any of it was written' : 'The reply was cut off';
  const ends = calls.length === 0 && isAttended;
  const advice = ends ? ' Send "continue" to have the rest, or raise maxTokens of the model in everturn.yaml' : '';
  const text = `${what}: the model "${model}" reached the limit of its tokens.${lost}${advice}`;
  const how = calls.length > 0 ? 'calls' : ends ? { failed: 'model_reply_cut' as const } : 'again';
  return { bodies: marked, after: [notice('model_reply_cut', text)], how };
};

const summary = (bodies: readonly ChunkBody[], { stepsPerTurn }: StepFacts): End => {
  const kept = withoutCalls(bodies);
  if (!hasText(kept)) return { bodies: kept, after: [], how: 'again' };
  const text = `The turn used its ${stepsPerTurn} steps (limits.stepsPerTurn) and ended with a summary.${notRun(bodies)} Send "continue" to continue from here`;
  return { bodies: kept, after: [guard('step_limit', text)], how: { failed: 'step_limit' } };
};

const empty = (bodies: readonly ChunkBody[], { model }: StepFacts): End => ({
  bodies: [...bodies],
  after: [notice('model_reply_empty', `The model "${model}" answered with nothing, and is asked again`)],
  how: 'again',
});

/** What becomes of a whole answer: one that the provider broke off has thrown before. */
export const endOfReply = (reply: Reply, step: StepFacts): End => {
  const { finishReason } = reply;
  const bodies = reply.bodies.map((body) => markCut(body, finishReason));
  if (finishReason === 'content_filter' || finishReason === 'refusal') return refused(reply, step);
  if (step.isLast) return summary(bodies, step);
  const calls = bodies.filter(isCall);
  if (finishReason === 'length' || calls.some(({ isWhole }) => isWhole === false)) return cut(bodies, step);
  if (calls.length > 0) return { bodies, after: [], how: 'calls' };
  return hasText(bodies) ? { bodies, after: [], how: 'completed' } : empty(bodies, step);
};
