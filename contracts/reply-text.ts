import type { PlacedChunk } from './chunks.ts';

type Piece = { step: number; text: string; isOpen: boolean; hasCalls: boolean };

const open: readonly unknown[] = ['model_reply_cut', 'model_reply_empty'];

/** Says that the reply was not all, and the model was asked to continue. */
const opens = ({ body }: PlacedChunk): boolean => body.kind === 'system' && open.includes(body.code) && !body.isSaid;

/**
 * The text that a turn ended with: that of its last step, with the pieces before it where the model was cut off and went
 * on. Takes the chunks of one turn.
 */
export const replyText = (chunks: readonly PlacedChunk[]): string => {
  const pieces = new Map<number, Piece>();
  for (const chunk of chunks) {
    const { step, body } = chunk;
    if (step === 0) continue;
    const piece = pieces.get(step) ?? { step, text: '', isOpen: false, hasCalls: false };
    pieces.set(step, piece);
    if (body.kind === 'text' && body.role === 'assistant') piece.text += body.text;
    piece.hasCalls ||= body.kind === 'tool_call';
    piece.isOpen ||= opens(chunk);
  }
  const [last, ...before] = [...pieces.values()].toSorted((a, b) => b.step - a.step);
  const other = before.findIndex(({ isOpen, hasCalls }) => !isOpen || hasCalls);
  const joined = other < 0 ? before : before.slice(0, other);
  return [...joined.toReversed(), ...(last ? [last] : [])].map(({ text }) => text).join('');
};
