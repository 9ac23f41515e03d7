import { z } from 'zod';

const Content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() })), z.null()])
  .default(null)
  .transform((content) => (Array.isArray(content) ? content.map(({ text = '' }) => text).join('\n') : (content ?? '')));

const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: Content,
  tool_calls: z
    .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
    .default([]),
  tool_call_id: z.string().optional(),
});

const Tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string(),
    parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) }).optional(),
  }),
});

/** What we read of a request for a chat completion; all else is ignored, as other servers do. */
export const ChatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  tools: z.array(Tool).default([]),
  stream: z.boolean().default(false),
  stream_options: z.looseObject({ include_usage: z.boolean().default(false) }).nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

export type PlannedCall = { tool: string; args: Record<string, unknown> };
export type DoneCall = PlannedCall & { result: string };

/** The last message of the user, and the calls made since. */
export type Task = { question: string; tools: ReadonlySet<string>; done: DoneCall[] };

/** What the model says next: calls, or the text of its answer. */
export type Move = { thinking: string; text: string; calls: PlannedCall[] };

export const parseObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** Images that a tool shows follow its result as a message of the user, with labels and notes. It is not a question. */
const isShown = (content: string): boolean =>
  /^\[From [\w-]+\]/.test(content) &&
  content
    .split('\n')
    .every((line) => line.trim() === '' || /^\[(From |Image "|The image is not shown).*\]$/.test(line));

export const toTask = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Task => {
  const asked = messages.findLastIndex(({ role, content }) => role === 'user' && !isShown(content));
  const since = messages.slice(asked + 1);
  const results = new Map(since.map(({ tool_call_id, content }) => [tool_call_id, content]));
  return {
    question: messages[asked]?.content.trim() ?? '',
    tools: new Set(tools.map((tool) => tool.function.name)),
    done: since
      .flatMap(({ tool_calls }) => tool_calls)
      .flatMap(({ id, function: { name, arguments: text } }) => {
        const result = results.get(id);
        return result === undefined ? [] : [{ tool: name, args: parseObject(text), result }];
      }),
  };
};

export const doneBy = ({ done }: Task, ...tools: string[]): DoneCall[] =>
  done.filter(({ tool }) => tools.includes(tool));

/** The call, if the tool is offered. */
export const callOf = ({ tools }: Task, tool: string, args: PlannedCall['args']): PlannedCall[] =>
  tools.has(tool) ? [{ tool, args }] : [];

export const say = (thinking: string, text: string, calls: PlannedCall[] = []): Move => {
  return { thinking, text: `[offline model] ${text}`, calls };
};

/** A move that only makes calls; null without any. */
export const look = (thinking: string, calls: PlannedCall[]): Move | null =>
  calls.length > 0 ? { thinking, text: '', calls } : null;
