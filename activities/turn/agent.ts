import type { ChangeMode } from '../../contracts/file-changes.ts';
import { isNamed } from '../../contracts/tools.ts';
import type { AgentContext } from '../../store/requests.ts';
import { createSubmitResult } from '../tools/submit-result.ts';
import type { Tool } from '../tools/tool.ts';
import { builtInPromptLines } from './built-in-prompt.ts';

const [opening, ...rules] = builtInPromptLines;

const place = (workspace: string): string => `The workspace is ${workspace}. Paths in tool calls are relative to it.`;

/** The system prompt of the built-in agent. */
export const systemPrompt = (workspace: string): string => [opening, place(workspace), ...rules].join('\n');

const handingIn =
  'When the work is done, hand in the result by calling submit_result: text alone does not count as a result.';

export type SessionAgent = {
  system: string;
  tools: readonly Tool[];
  /** How changes of files are applied. */
  changeMode: ChangeMode;
  /** Calls that it may make in all; undefined: any number. */
  maxToolCalls?: number | undefined;
};

/** Where a description depends on the session, it is made for the request; a call has no use for it. */
const describedTo = (tool: Tool, createdAt: string | undefined): Tool =>
  tool.describeFor && createdAt !== undefined ? { ...tool, description: tool.describeFor(createdAt) } : tool;

/**
 * The agent of a session: its definition's, otherwise the built-in one. A function of what never changes for a session: no
 * clock, and nothing else that differs between requests, for it heads every prefix.
 */
export const agentOf = (
  {
    workspace,
    changeMode,
    definition,
    schema,
    createdAt,
  }: Pick<AgentContext, 'workspace' | 'changeMode' | 'definition' | 'schema'> & { createdAt?: string },
  tools: readonly Tool[],
): SessionAgent => {
  const { prompt, tools: names, maxToolCalls } = definition ?? {};
  const lines = prompt === undefined ? [systemPrompt(workspace)] : [prompt, place(workspace)];
  const own = (names ? tools.filter(({ name }) => isNamed(name, names)) : tools).map((tool) =>
    describedTo(tool, createdAt),
  );
  return {
    system: [...lines, ...(schema ? [handingIn] : [])].join('\n'),
    tools: schema ? [...own, createSubmitResult(schema)] : own,
    changeMode,
    maxToolCalls,
  };
};
