import type { PlacedChunk } from '../../contracts/chunks.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Store } from '../../store/store.ts';

/** Characters of all transcripts that are kept. */
const capacity = 32_000_000;

type Kept = { createdAt: string; chunks: PlacedChunk[]; characters: number };

export type Transcripts = {
  /** The context of a step, with the whole transcript. Undefined if the session does not exist. */
  step(sessionId: string, turn: number, step: number): Promise<StepContext | undefined>;
};

const sizeOf = (chunks: readonly PlacedChunk[]): number =>
  chunks.reduce(
    (sum, { body }) =>
      sum + ('text' in body ? body.text.length : 'arguments' in body ? body.arguments.length : 0) + 200,
    0,
  );

/**
 * Keeps the transcripts that this worker has read. Transcripts only grow, so a step reads only the chunks after the last
 * one kept, including those of steps that other workers ran in between. The least recently used go first.
 */
export const createTranscripts = (store: Pick<Store, 'requests'>): Transcripts => {
  const kept = new Map<string, Kept>();
  let characters = 0;

  const forget = (sessionId: string): void => {
    characters -= kept.get(sessionId)?.characters ?? 0;
    kept.delete(sessionId);
  };

  const keep = (sessionId: string, entry: Kept): void => {
    forget(sessionId);
    kept.set(sessionId, entry);
    characters += entry.characters;
    for (const oldest of kept.keys()) {
      if (characters <= capacity) break;
      forget(oldest);
    }
  };

  return {
    async step(sessionId, turn, step) {
      const known = kept.get(sessionId);
      const context = await store.requests.step(sessionId, turn, step, known?.chunks.at(-1)?.seq ?? 0);
      if (!context) return undefined;
      const { createdAt, transcript: added } = context;
      // A session of this name that was deleted and made again.
      if (known && known.createdAt !== createdAt) {
        forget(sessionId);
        return await this.step(sessionId, turn, step);
      }
      const transcript = known ? [...known.chunks, ...added] : added;
      keep(sessionId, { createdAt, chunks: transcript, characters: (known?.characters ?? 0) + sizeOf(added) });
      return { ...context, transcript };
    },
  };
};
