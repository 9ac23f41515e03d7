import type { ChunkBody, PlacedChunk, ToolCallBody, ToolResultBody } from './chunks.ts';
import { contentOf, fileText, type Said } from './image-parts.ts';
import { parseJson } from './parse-json.ts';

/** The wire: the shapes of OpenAI's chat completions that we send. */
export type WireToolCall = {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
  /** What a provider attached to the call. */
  [field: string]: unknown;
};
export type WireAssistant = {
  role: 'assistant';
  /** On the wire a list of parts, where its provider sent one: {@link asContent}. */
  content: string | null;
  tool_calls?: WireToolCall[];
  /** What a provider attached to the message, such as `reasoning_content`. */
  [field: string]: unknown;
};
export type WireMessage =
  | { role: 'system' | 'user'; content: string }
  | WireAssistant
  | { role: 'tool'; tool_call_id: string; content: string };

/** A list of parts in place of a text. Its type stays that of the text: nothing but the provider reads it. */
export const asContent = (parts: readonly Record<string, unknown>[]): string => parts as unknown as string;

/** A tool as it is offered; `parameters` is its JSON Schema. */
export type WireTool = {
  type: 'function';
  function: { name: string; description: string; parameters: Record<string, unknown> };
};

export const noResult = 'No result: the turn ended before this call finished.';

/** Replaces an empty text: some servers refuse one. */
export const noText = '(empty)';

export type ThinkingBody = Extract<ChunkBody, { kind: 'thinking' }>;
type TextBody = Extract<ChunkBody, { kind: 'text' }>;

/** One reply of a model, in the form that is sent back. */
export type Reply = { thinking: ThinkingBody[]; text: string; texts: TextBody[]; calls: ToolCallBody[] };

/** What the provider that is asked takes. A rule depends only on chunks that are final, never on later ones. */
export type WireRules = {
  /** Users and assistants take turns, and the first message is a user's. */
  alternates: boolean;
  /** An id of a call as it may be sent. `isOwn`: this provider gave it, or its origin is unknown. */
  callId(callId: string, isOwn: boolean): string;
  toolName(name: string): string;
  isOwn(body: Pick<ToolCallBody, 'attached'>): boolean;
  /** The message of a reply, with what its provider needs to see again. */
  complete(message: WireAssistant, reply: Reply): WireAssistant;
};

/** Sends what was said as it was said. */
export const plainRules: WireRules = {
  alternates: false,
  callId: (callId) => callId,
  toolName: (name) => name,
  isOwn: () => true,
  complete: (message) => message,
};

type Step = Reply & {
  turn: number;
  key: string;
  /** Messages of the user, each with what is attached to it. */
  user: Said[][];
  results: Map<string, ToolResultBody>;
  /** The code of the error that ended the turn in this step. */
  error: string | null;
  /** It summarises an earlier part of the conversation. */
  isSummary: boolean;
};

/** What the model gets as the user: a message, or a text of the runtime. */
const saidOf = (body: ChunkBody): string | null =>
  (body.kind === 'text' && body.role === 'user') || (body.kind === 'system' && body.isSaid) ? body.text : null;

/** What is attached belongs to the message before it. */
const attach = ({ user }: Step, said: Said): void => {
  const message = user.at(-1);
  if (message) message.push(said);
  else user.push([said]);
};

const addTo = (step: Step, { body }: PlacedChunk): void => {
  const said = saidOf(body);
  if (said !== null) step.user.push([said]);
  else if (body.kind === 'file') attach(step, fileText(body));
  else if (body.kind === 'image' && body.role === 'user') attach(step, body);
  else if (body.kind === 'tool_call') step.calls.push(body);
  else if (body.kind === 'tool_result') step.results.set(body.callId, body);
  else if (body.kind === 'thinking') step.thinking.push(body);
  else if (body.kind === 'error') step.error = body.code;
  else if (body.kind === 'text') {
    step.text += body.text;
    step.texts.push(body);
  }
};

const beginning: readonly ChunkBody['kind'][] = ['text', 'image', 'file', 'tool_call', 'tool_result'];

const begins = ({ body }: PlacedChunk): boolean => beginning.includes(body.kind) || saidOf(body) !== null;

const emptyStep = ({ turn, seq }: PlacedChunk, key: string): Step => ({
  turn,
  key,
  isSummary: seq === 0,
  user: [],
  thinking: [],
  text: '',
  texts: [],
  calls: [],
  results: new Map(),
  error: null,
});

/**
 * A chunk that was written after a later step had begun is left out: a request may have been made in between, and
 * that one has already said what this step was. Thinking and errors begin no step of their own.
 */
const toSteps = (chunks: readonly PlacedChunk[]): Step[] => {
  const steps: Step[] = [];
  const seen = new Set<string>();
  let thought: PlacedChunk[] = [];
  for (const chunk of chunks) {
    const key = `${chunk.turn}/${chunk.step}`;
    const current = steps.at(-1);
    if (current?.key === key) addTo(current, chunk);
    else if (seen.has(key)) continue;
    else if (begins(chunk)) {
      const step = emptyStep(chunk, key);
      seen.add(key);
      steps.push(step);
      for (const earlier of thought) if (`${earlier.turn}/${earlier.step}` === key) addTo(step, earlier);
      thought = [];
      addTo(step, chunk);
    } else if (chunk.body.kind === 'thinking') thought.push(chunk);
    else if (chunk.body.kind === 'error' && current?.turn === chunk.turn) current.error ??= chunk.body.code;
  }
  return steps;
};

const isJsonObject = (text: string): boolean => {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};

/** Halves of surrogate pairs, written as escapes: JSON for us, and an error for servers that decode them. */
const withoutHalves = (text: string): string =>
  text.replaceAll(
    /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs,
    (found) => (found.length === 6 && /^\\u[dD]/.test(found) ? '\\ufffd' : found),
  );

/** Some servers refuse a request that quotes malformed arguments; the call's error result informs the model. */
const argumentsToSend = (text: string): string => {
  const value = parseJson(text);
  // An object that was written as a text is one; the tool read it as such.
  const object = typeof value === 'string' ? value : text;
  return isJsonObject(object) ? withoutHalves(object) : '{}';
};

/** The ids of a step's calls on the wire: each once in a conversation. */
const idsOf = ({ key, calls }: Step, rules: WireRules, used: Set<string>): Map<string, string> =>
  new Map(
    calls.map((call) => {
      let id = rules.callId(call.callId, rules.isOwn(call));
      for (let count = 0; used.has(id); count++)
        id = rules.callId(`${call.callId}_${key.replace('/', '_')}_${count}`, false);
      used.add(id);
      return [call.callId, id];
    }),
  );

const toWireCall = (
  { callId, tool, arguments: text }: ToolCallBody,
  ids: ReadonlyMap<string, string>,
  rules: WireRules,
): WireToolCall => ({
  id: ids.get(callId) ?? callId,
  type: 'function',
  function: { name: rules.toolName(tool), arguments: argumentsToSend(text) },
});

const isBlank = (text: string): boolean => text.trim() === '';

const assistantOf = (step: Step, ids: ReadonlyMap<string, string>, rules: WireRules): WireAssistant[] => {
  const { text, calls } = step;
  if (calls.length > 0) {
    const content = isBlank(text) ? null : text;
    const tool_calls = calls.map((call) => toWireCall(call, ids, rules));
    return [rules.complete({ role: 'assistant', content, tool_calls }, step)];
  }
  return isBlank(text) ? [] : [rules.complete({ role: 'assistant', content: text }, step)];
};

/** The first call whose result may still come; -1: none. */
const openCall = ({ calls, results }: Step, finished: boolean): number =>
  finished ? -1 : calls.findIndex(({ callId }) => !results.has(callId));

/** Up to the first result that may still come, so that one that comes later only adds to the end. */
const resultsOf = (step: Step, ids: ReadonlyMap<string, string>, finished: boolean): WireMessage[] => {
  const { calls, results } = step;
  const open = openCall(step, finished);
  return (open < 0 ? calls : calls.slice(0, open)).map(({ callId }) => {
    const text = results.get(callId)?.text ?? noResult;
    return { role: 'tool', tool_call_id: ids.get(callId) ?? callId, content: isBlank(text) ? noText : text };
  });
};

/** Messages of tools hold only text: their images are a message of the user after all results of the step. */
const imagesOf = (step: Step, finished: boolean): Said[] => {
  if (openCall(step, finished) >= 0) return [];
  return step.calls.flatMap(({ callId, tool }) => {
    const images = step.results.get(callId)?.images ?? [];
    return images.length > 0 ? [`[From ${tool}]`, ...images] : [];
  });
};

/** The reply before images of tools, where users and assistants take turns. */
const showThem = '[Show me the images.]';

/** Replaces the reply that a turn did not get. */
const gapOf = (before: Step, turn: number): string => {
  if (before.error === 'turn_cancelled') return '[The turn was cancelled before I answered.]';
  if (before.error !== null) return `[The turn failed before I answered: ${before.error}.]`;
  if (before.turn === turn || before.isSummary) return '[Noted.]';
  // A turn may end with a call, as one that hands in its result does.
  return before.calls.length > 0 ? '[Done.]' : '[No answer.]';
};

/** Separates two replies in a row. */
const goOn = '[Continue.]';

/** Whose turn it is: fills the gaps that turns without an end leave, only from what came before them. */
const createConversation = (isFilled: boolean) => {
  const messages: WireMessage[] = [];
  const last = (): string => messages.at(-1)?.role ?? 'none';
  const add = (message: WireMessage): void => {
    messages.push(message);
  };
  return {
    messages,
    user: (said: readonly Said[], gap: () => string): void => {
      if (isFilled && (last() === 'user' || last() === 'tool')) add({ role: 'assistant', content: gap() });
      const content = contentOf(said);
      if (typeof content !== 'string') add({ role: 'user', content: asContent(content) });
      else add({ role: 'user', content: isFilled && isBlank(content) ? noText : content });
    },
    assistant: (message: WireAssistant): void => {
      if (isFilled && ['assistant', 'system', 'none'].includes(last())) add({ role: 'user', content: goOn });
      add(message);
    },
    results: (results: readonly WireMessage[]): void => {
      for (const result of results) add(result);
    },
  };
};

/**
 * The messages of a request, from the session's chunks in the order of `seq`. Each message is a function of chunks
 * that are final, so every request is the extension of the one before it, byte for byte. A step is one
 * assistant message and the results of its calls, in the order of the calls. Errors, usage and system chunks that are
 * not said to the model are not sent, thinking only where the rules say so. A call left without a result is answered by
 * {@link noResult} once a later step has begun.
 */
export const toRequest = (
  system: string,
  chunks: readonly PlacedChunk[],
  rules: WireRules = plainRules,
): WireMessage[] => {
  const conversation = createConversation(rules.alternates);
  const used = new Set<string>();
  if (system) conversation.messages.push({ role: 'system', content: system });
  const steps = toSteps(chunks);
  steps.forEach((step, index) => {
    const ids = idsOf(step, rules, used);
    // Several at once are one message: they were written before any request saw one of them.
    const users = rules.alternates && step.user.length > 0 ? [step.user.flat()] : step.user;
    for (const said of users) conversation.user(said, () => gapOf(steps[index - 1] ?? step, step.turn));
    for (const message of assistantOf(step, ids, rules)) conversation.assistant(message);
    const finished = index < steps.length - 1;
    conversation.results(resultsOf(step, ids, finished));
    const images = imagesOf(step, finished);
    if (images.length > 0) conversation.user(images, () => showThem);
  });
  return conversation.messages;
};
