import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { checkArguments } from './arguments.ts';
import { explainErrno } from './errno.ts';
import { storable } from './text.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

type Definition<S extends z.ZodObject> = Omit<Tool, 'parameters' | 'run' | 'about' | 'plan'> & {
  parameters: S;
  /** What the call does, for messages: `Cannot <doing>: permission denied`. */
  doing: (args: z.output<S>) => string;
  about?: (args: z.output<S>) => Promise<string>;
  run: (args: z.output<S>, context: ToolContext) => Promise<ToolResult>;
};

export const ok = (text: string): ToolResult => ({ status: 'ok', text });

const failure = (doing: string, error: unknown): ToolResult | undefined => {
  const reason = error instanceof EverturnError && error.code === 'tool_failed' ? error.message : explainErrno(error);
  return reason === undefined ? undefined : { status: 'error', text: storable(`Cannot ${doing}: ${reason}`) };
};

/** A tool from its typed parts: what the file system refuses, and each `tool_failed`, becomes an error result. */
export const defineTool = <S extends z.ZodObject>({ doing, about, run, ...tool }: Definition<S>): Tool => ({
  ...tool,
  ...(about ? { about: async (args) => await about(checkArguments(tool, args)) } : {}),
  async run(args, context) {
    const checked = checkArguments(tool, args);
    context.signal.throwIfAborted();
    try {
      const result = await run(checked, context);
      return { ...result, text: storable(result.text) };
    } catch (error) {
      context.signal.throwIfAborted();
      const result = failure(doing(checked), error);
      if (!result) throw error;
      return result;
    }
  },
});
