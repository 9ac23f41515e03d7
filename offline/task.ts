import type { ChatRequest } from './request.ts';

export type Call = { tool: string; args: Record<string, unknown> };
export type DoneCall = Call & { result: string };

/** The last message of the user, and the calls made since. */
export type Task = { question: string; tools: ReadonlySet<string>; done: DoneCall[] };

/** What the model says next: calls, or the text of its answer. */
export type Move = { thinking: string; text: string; calls: Call[] };

export const parseObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

export const toTask = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Task => {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
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

export const doneBy = ({ done }: Task, ...tools: string[]): DoneCall[] => done.filter(({ tool }) => tools.includes(tool));

/** The call, if the tool is offered. */
export const callOf = ({ tools }: Task, tool: string, args: Call['args']): Call[] =>
  tools.has(tool) ? [{ tool, args }] : [];

export const say = (thinking: string, text: string, calls: Call[] = []): Move => {
  return { thinking, text: `[offline model] ${text}`, calls };
};

/** A move that only makes calls; null without any. */
export const look = (thinking: string, calls: Call[]): Move | null =>
  calls.length > 0 ? { thinking, text: '', calls } : null;
