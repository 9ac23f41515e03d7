import type { ChatRequest, OfferedTool } from './request.ts';

export type DoneCall = { tool: string; args: Record<string, unknown>; result: string };

/** What is to be done now: the last message of the user, and what was done about it since. */
export type Task = {
  question: string;
  /** Names of the properties that each offered tool takes. */
  tools: ReadonlyMap<string, ReadonlySet<string>>;
  done: DoneCall[];
};

const parseObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const propertiesOf = ({ function: { parameters } }: OfferedTool): Set<string> =>
  new Set(Object.keys(parameters?.properties ?? {}));

export const toTask = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Task => {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const since = messages.slice(asked + 1);
  const results = new Map(since.map(({ tool_call_id, content }) => [tool_call_id, content]));
  return {
    question: messages[asked]?.content.trim() ?? '',
    tools: new Map(tools.map((tool) => [tool.function.name, propertiesOf(tool)])),
    done: since
      .flatMap(({ tool_calls }) => tool_calls)
      .flatMap(({ id, function: { name, arguments: text } }) => {
        const result = results.get(id);
        return result === undefined ? [] : [{ tool: name, args: parseObject(text), result }];
      }),
  };
};

export const doneBy = ({ done }: Task, tool: string): DoneCall[] => done.filter((call) => call.tool === tool);
