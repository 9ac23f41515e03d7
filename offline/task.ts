import type { ChatRequest } from './request.ts';

export type Call = { tool: string; args: Record<string, unknown> };
export type DoneCall = Call & { result: string };

/** The last message of the user, and what was done about it since. */
export type Task = { question: string; tools: ReadonlySet<string>; done: DoneCall[] };

/** What to do next, and why; no calls when there is nothing to do. */
export type Stage = { thinking: string; calls: Call[] };

export const nothing: Stage = { thinking: '', calls: [] };

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

export const doneBy = ({ done }: Task, tool: string): DoneCall[] => done.filter((call) => call.tool === tool);

/** The call, if the tool is offered. */
export const callOf = ({ tools }: Task, tool: string, args: Call['args']): Call[] =>
  tools.has(tool) ? [{ tool, args }] : [];
