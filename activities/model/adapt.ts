import { notShown, refusedImage, withoutImages } from '../../contracts/image-parts.ts';
import { asContent, type WireAssistant, type WireMessage, type WireTool } from '../../contracts/request.ts';
import { noReasoning } from './dialects/deepseek.ts';
import { signCalls } from './dialects/gemini.ts';
import { shortId } from './dialects/rules.ts';
import { simpleTool, withoutKeywords } from './schema-keywords.ts';
import { withoutTags } from './think-tags.ts';
import { asFacts, type Facts } from './words.ts';

/** A request before it is written as bytes. `fields` are those of the body beside tools and messages. */
export type Draft = { fields: Facts & { model: string }; tools: readonly WireTool[]; messages: readonly WireMessage[] };

/**
 * A change to what is sent, learned from a refusal or named in everturn.yaml: a field of the request to leave out, or
 * `message:FIELD`, `schema:KEYWORD` (`schema:*` for all but the plainest), `rename:max_tokens`, `limit:TOKENS` of the reply
 * (`room:TOKENS` for one request), `describe:CHARACTERS` of tools, or one of the words below.
 */
export type Adaptation = string;

const renames: Record<string, string> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

const onAssistants =
  (change: (message: WireAssistant) => WireAssistant) =>
  (draft: Draft): Draft => ({
    ...draft,
    messages: draft.messages.map((message) => (message.role === 'assistant' ? change(message) : message)),
  });

const omit = <T extends Facts>(facts: T, name: string): T => {
  const { [name]: _left, ...rest } = facts;
  return rest as T;
};

const withoutField = (field: string): ((draft: Draft) => Draft) =>
  onAssistants((message) => {
    const { tool_calls, ...rest } = message;
    const calls = tool_calls?.map((call) =>
      field in call && !['id', 'type', 'function'].includes(field) ? omit(call, field) : call,
    );
    const kept = ['role', 'content'].includes(field) ? rest : omit(rest, field);
    return { ...kept, ...(calls ? { tool_calls: calls } : {}) } as WireAssistant;
  });

/** Thinking inside `content` is the one thing that can be left out of it. */
const withoutThinking = onAssistants((message) => {
  const content: unknown = message.content;
  if (typeof content === 'string') return { ...message, content: withoutTags(content) || null };
  if (!Array.isArray(content)) return message;
  const text = content
    .map(asFacts)
    .map((part) => (part.type === 'text' ? String(part.text) : ''))
    .join('');
  return { ...message, content: text || null };
});

const withReasoning = onAssistants((message) =>
  message.reasoning_content ? message : { ...message, reasoning_content: noReasoning },
);

const withShortIds = (draft: Draft): Draft => ({
  ...draft,
  messages: draft.messages.map((message) => {
    if (message.role === 'tool') return { ...message, tool_call_id: shortId(message.tool_call_id) };
    if (message.role !== 'assistant' || !message.tool_calls) return message;
    return { ...message, tool_calls: message.tool_calls.map((call) => ({ ...call, id: shortId(call.id) })) };
  }),
});

const onUsers =
  (change: (content: unknown) => unknown) =>
  (draft: Draft): Draft => ({
    ...draft,
    messages: draft.messages.map((message) => {
      if (message.role !== 'user') return message;
      const content = change(message.content);
      return content === message.content ? message : { ...message, content: content as string };
    }),
  });

/** Before what a user said: a text, or parts. */
const saidAfter = (text: string, content: unknown): string =>
  Array.isArray(content) ? asContent([{ type: 'text', text }, ...content]) : `${text}\n\n${String(content)}`;

/** Templates without a system role take it as the beginning of the first message. */
const withoutSystem = (draft: Draft): Draft => {
  const [first, second, ...rest] = draft.messages;
  if (first?.role !== 'system') return draft;
  if (second?.role !== 'user')
    return { ...draft, messages: [{ role: 'user', content: first.content }, ...draft.messages.slice(1)] };
  return { ...draft, messages: [{ role: 'user', content: saidAfter(first.content, second.content) }, ...rest] };
};

const withoutNull = onAssistants((message) => (message.content === null ? { ...message, content: '' } : message));

const withoutStream = (draft: Draft): Draft => ({
  ...draft,
  fields: { ...omit(draft.fields, 'stream_options'), stream: false },
});

/** The provider takes images, and has refused one of these as it is. This applies only to this request. */
export const refusedImages = 'images refused';

/** Some refuse calls in the conversation of a request that offers no tools: those that were called are named again. */
const withTools = (draft: Draft): Draft => {
  if (draft.tools.length > 0) return draft;
  const calls = draft.messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));
  const names = [...new Set(calls.map((call) => call.function.name))].toSorted();
  const tools = names.map((name): WireTool => {
    const parameters = { type: 'object', properties: {} };
    return { type: 'function', function: { name, description: 'Not available now: do not call it.', parameters } };
  });
  return { ...draft, tools };
};

/** Thinking is switched off where the provider has none together with tools. */
const withoutEffort = (draft: Draft): Draft =>
  draft.tools.length > 0 ? { ...draft, fields: { ...draft.fields, reasoning_effort: 'none' } } : draft;

const words: Record<string, (draft: Draft) => Draft> = {
  'no stream': withoutStream,
  'no images': onUsers((content) => withoutImages(content, notShown)),
  [refusedImages]: onUsers((content) => withoutImages(content, refusedImage)),
  'no system': withoutSystem,
  'no null': withoutNull,
  'no thinking': withoutThinking,
  'short ids': withShortIds,
  'with reasoning': withReasoning,
  'with signatures': onAssistants((message) => signCalls(message)),
  'with tools': withTools,
  'no effort': withoutEffort,
  'simple schemas': (draft) => ({ ...draft, tools: draft.tools.map(simpleTool) }),
  'lower effort': (draft) => ({ ...draft, fields: { ...draft.fields, reasoning_effort: 'high' } }),
};

const renamed = (draft: Draft, name: string): Draft => {
  const to = renames[name];
  if (to === undefined || !(name in draft.fields)) return draft;
  const entries = Object.entries(draft.fields).map(([field, value]) => [field === name ? to : field, value]);
  return { ...draft, fields: { ...Object.fromEntries(entries), model: draft.fields.model } };
};

export const limitNames = ['max_tokens', 'max_completion_tokens'] as const;

const limited = (draft: Draft, tokens: number): Draft => {
  const entries = limitNames.flatMap((name) => {
    const asked = draft.fields[name];
    return typeof asked === 'number' && asked > tokens ? [[name, tokens] as const] : [];
  });
  return { ...draft, fields: { ...draft.fields, ...Object.fromEntries(entries) } };
};

const described = (tool: WireTool, most: number): WireTool => {
  const { description } = tool.function;
  if (description.length <= most) return tool;
  const text = `${description.slice(0, most - 1).toWellFormed()}…`;
  return { ...tool, function: { ...tool.function, description: text } };
};

const applyOne = (draft: Draft, adaptation: Adaptation): Draft => {
  const word = words[adaptation];
  if (word) return word(draft);
  const [, kind = '', name = ''] = /^(message|schema|rename|limit|room|describe):(.*)$/s.exec(adaptation) ?? [];
  if (kind === 'message') return withoutField(name)(draft);
  if (kind === 'schema') return { ...draft, tools: draft.tools.map((tool) => withoutKeywords(tool, name)) };
  if (kind === 'rename') return renamed(draft, name);
  if (kind === 'limit' || kind === 'room') return limited(draft, Number(name));
  if (kind === 'describe') return { ...draft, tools: draft.tools.map((tool) => described(tool, Number(name))) };
  return adaptation in draft.fields ? { ...draft, fields: omit(draft.fields, adaptation) } : draft;
};

/** Each message of a draft is changed by itself, so drafts that extend each other still do. */
export const adapt = (draft: Draft, adaptations: Iterable<Adaptation>): Draft => {
  let adapted = draft;
  for (const adaptation of adaptations) adapted = applyOne(adapted, adaptation);
  return adapted;
};

/** Whether a change is one of the messages. */
export const isOfMessages = (adaptation: Adaptation): boolean =>
  adaptation.startsWith('message:') ||
  [
    'no system',
    'no null',
    'no thinking',
    'no images',
    refusedImages,
    'short ids',
    'with reasoning',
    'with signatures',
  ].includes(adaptation);

/** What `omit` of everturn.yaml names: a field of the request, of a message or of a schema. */
export const omissions = (names: readonly string[]): Adaptation[] =>
  names.flatMap((name) => {
    if (name === 'stream') return ['no stream'];
    if (name === 'system') return ['no system'];
    if (name === 'images') return ['no images'];
    if (name === 'thinking') return ['no thinking', 'message:thinking'];
    return [name, `message:${name}`, `schema:${name}`];
  });
