import type { ChunkBody, PlacedChunk, ToolCallBody, ToolResultBody } from './chunks.ts';

/** The wire: the shapes of OpenAI's chat completions that we send. */
type WireToolCall = { id: string; type: 'function'; function: { name: string; arguments: string } };
export type WireAssistant = { role: 'assistant'; content: string | null; tool_calls?: WireToolCall[] };
export type WireMessage =
  | { role: 'system' | 'user'; content: string }
  | WireAssistant
  | { role: 'tool'; tool_call_id: string; content: string };

/** A tool as it is offered; `parameters` is its JSON Schema. */
export type WireTool = {
  type: 'function';
  function: { name: string; description: string; parameters: Record<string, unknown> };
};

export const noResult = 'No result: the turn ended before this call finished.';

type Step = { key: string; user: string[]; text: string; calls: ToolCallBody[]; results: Map<string, ToolResultBody> };

/** What the model is told as the user: a message, or what the runtime says to it. */
const saidOf = (body: ChunkBody): string | null =>
  (body.kind === 'text' && body.role === 'user') || (body.kind === 'system' && body.isSaid) ? body.text : null;

const addTo = (step: Step, { body }: PlacedChunk): void => {
  const said = saidOf(body);
  if (said !== null) step.user.push(said);
  else if (body.kind === 'tool_call') step.calls.push(body);
  else if (body.kind === 'tool_result') step.results.set(body.callId, body);
  else if (body.kind === 'text' && body.role === 'assistant') step.text += body.text;
};

const isSent = ({ body }: PlacedChunk): boolean =>
  body.kind === 'text' || body.kind === 'tool_call' || body.kind === 'tool_result' || saidOf(body) !== null;

/**
 * A chunk that was written after a later step had begun is left out: a request may have been made in between, and
 * that one has already said what this step was.
 */
const toSteps = (chunks: readonly PlacedChunk[]): Step[] => {
  const steps: Step[] = [];
  const seen = new Set<string>();
  for (const chunk of chunks) {
    if (!isSent(chunk)) continue;
    const key = `${chunk.turn}/${chunk.step}`;
    if (!seen.has(key)) steps.push({ key, user: [], text: '', calls: [], results: new Map() });
    seen.add(key);
    const current = steps.at(-1);
    if (current?.key === key) addTo(current, chunk);
  }
  return steps;
};

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Some servers refuse a request that quotes malformed arguments; the call's error result tells the model. */
const toWireCall = ({ callId, tool, arguments: text }: ToolCallBody): WireToolCall => ({
  id: callId,
  type: 'function',
  function: { name: tool, arguments: isJsonObject(text) ? text : '{}' },
});

const assistantOf = ({ text, calls }: Step): WireAssistant[] => {
  if (calls.length > 0) return [{ role: 'assistant', content: text || null, tool_calls: calls.map(toWireCall) }];
  return text ? [{ role: 'assistant', content: text }] : [];
};

/** Up to the first result that may still come, so that one that comes later only adds to the end. */
const resultsOf = ({ calls, results }: Step, finished: boolean): WireMessage[] => {
  const open = finished ? -1 : calls.findIndex(({ callId }) => !results.has(callId));
  return (open < 0 ? calls : calls.slice(0, open)).map(({ callId }) => ({
    role: 'tool',
    tool_call_id: callId,
    content: results.get(callId)?.text ?? noResult,
  }));
};

/**
 * The messages of a request, from the session's chunks in the order of `seq`. Each message is a function of chunks
 * that are there for good, so every request is the extension of the one before it, byte for byte. A step is one
 * assistant message and the results of its calls, in the order of the calls. Thinking, errors, usage and
 * system chunks that are not said to the model are not sent. A call left without a result is answered by {@link noResult} once a later step has begun.
 */
export const toRequest = (system: string, chunks: readonly PlacedChunk[]): WireMessage[] => [
  ...(system ? [{ role: 'system' as const, content: system }] : []),
  ...toSteps(chunks).flatMap((step, index, steps) => [
    ...step.user.map((content): WireMessage => ({ role: 'user', content })),
    ...assistantOf(step),
    ...resultsOf(step, index < steps.length - 1),
  ]),
];
