import type { PlacedChunk } from '../../../contracts/chunks.ts';
import type { Move } from './decide.ts';

type Options = {
  transcript: readonly PlacedChunk[];
  at: { turn: number; step: number };
  move: Pick<Extract<Move, { kind: 'ask' }>, 'say'>;
};

/** What a step says to the model before its reply, as the chunk that it becomes. */
export const saidBefore = ({ transcript, at: { turn, step }, move }: Options): PlacedChunk[] =>
  move.say ? [{ seq: (transcript.at(-1)?.seq ?? 0) + 1, turn, step, ordinal: 0, body: move.say }] : [];
