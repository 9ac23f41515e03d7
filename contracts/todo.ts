import { z } from 'zod';
import type { ChunkBody } from './chunks.ts';

export const todoName = 'todo';

export const TodoItem = z.strictObject({
  text: z.string().min(1).max(500),
  status: z.enum(['open', 'doing', 'done']),
});
export type TodoItem = z.infer<typeof TodoItem>;

/** The whole list, each time. */
export const TodoList = z.strictObject({ items: z.array(TodoItem).max(100) });

type Placed = { body: ChunkBody };

/** The list as the agent wrote it last, and wrote it right; empty where it never has. */
export const todoIn = (chunks: readonly Placed[]): TodoItem[] => {
  const taken = new Set(
    chunks.flatMap(({ body }) =>
      body.kind === 'tool_result' && body.tool === todoName && body.status === 'ok' ? [body.callId] : [],
    ),
  );
  const call = chunks.findLast(
    ({ body }) => body.kind === 'tool_call' && body.tool === todoName && taken.has(body.callId),
  );
  if (call?.body.kind !== 'tool_call') return [];
  try {
    return TodoList.safeParse(JSON.parse(call.body.arguments)).data?.items ?? [];
  } catch {
    return [];
  }
};
