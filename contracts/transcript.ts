import type { Chunk, ChunkBody } from './chunks.ts';

/** What a reader sees: a turn is the user's message and the steps that answered it. */
export type Turn = { turn: number; messages: Message[] };

/** The chunks of one speaker in one step: `user` for step 0, `tool` for results, `assistant` for all else. */
export type Message = { role: MessageRole; step: number; parts: Part[] };
export type MessageRole = 'user' | 'assistant' | 'tool';
export type Part = { seq: number; ordinal: number; at: string; body: ChunkBody };

const roleOf = (chunk: Chunk): MessageRole => {
  if (chunk.body.kind === 'tool_result') return 'tool';
  if (chunk.body.kind === 'file') return 'user';
  return chunk.body.kind === 'text' || chunk.body.kind === 'image' ? chunk.body.role : 'assistant';
};

const bySeq = (a: Chunk, b: Chunk): number => a.seq - b.seq;
const byOrdinal = (a: Part, b: Part): number => a.ordinal - b.ordinal;

/** Results are written as they finish; a reader and the model see them in the order of their calls. */
const inOrder = (message: Message): Message =>
  message.role === 'tool' ? { ...message, parts: message.parts.toSorted(byOrdinal) } : message;

/**
 * Chunks of one session, in any order and from any window, to turns in transcript order. Pages are joined by
 * grouping their chunks together, so a turn cut by a page's border is whole again. `explode` undoes it.
 */
export const group = (chunks: readonly Chunk[]): Turn[] => {
  const turns = new Map<number, Map<string, Message>>();
  for (const chunk of chunks.toSorted(bySeq)) {
    const messages = turns.get(chunk.turn) ?? new Map<string, Message>();
    turns.set(chunk.turn, messages);
    const role = roleOf(chunk);
    const key = `${chunk.step}/${role}`;
    const message = messages.get(key) ?? { role, step: chunk.step, parts: [] };
    messages.set(key, message);
    message.parts.push({ seq: chunk.seq, ordinal: chunk.ordinal, at: chunk.at, body: chunk.body });
  }
  return [...turns].map(([turn, messages]) => ({ turn, messages: [...messages.values()].map(inOrder) }));
};

export const explode = (turns: readonly Turn[]): Chunk[] =>
  turns
    .flatMap(({ turn, messages }) =>
      messages.flatMap(({ step, parts }) => parts.map((part) => ({ turn, step, ...part }))),
    )
    .toSorted(bySeq);
