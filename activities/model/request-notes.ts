import type { Usage } from '../../contracts/usage.ts';
import type { NotedLength, RequestPurpose, UsageBody } from '../../contracts/usage-chunk.ts';

type Note = NotedLength & { model: string; key: string | null; purpose: RequestPurpose };

/**
 * The requests of one attempt. Each is noted before it is sent; the usage that is reported next belongs to the oldest
 * note without one. Usage without a note is counted and not kept. The pairs are read with `pairs` as often as one likes,
 * and taken with `drain`, in order, when they are recorded.
 */
export const createRequestNotes = () => {
  const waiting: Note[] = [];
  let paired: UsageBody[] = [];
  let dropped = 0;
  return {
    note({ purpose = 'reply', ...note }: Omit<Note, 'purpose'> & Partial<Pick<Note, 'purpose'>>): void {
      waiting.push({ ...note, purpose });
    },
    /** The newest request has failed: no usage follows it. */
    forget(): void {
      waiting.pop();
    },
    /** `epochs`: those of the context whose stamp it gets. */
    report(usage: Usage, epochs: readonly string[] = []): void {
      const note = waiting.shift();
      if (!note) {
        dropped += 1;
        return;
      }
      const { messages, tokens, model, key, purpose } = note;
      paired.push({
        kind: 'usage',
        model,
        key,
        usage,
        noted: { messages, tokens },
        ...(purpose === 'reply' ? {} : { purpose }),
        ...(epochs.length > 0 ? { epochs: [...epochs] } : {}),
      });
    },
    pairs: (): readonly UsageBody[] => paired,
    /** With the number of dropped reports on the first. Without a pair they are kept for the next time. */
    drain(): UsageBody[] {
      const [first, ...rest] = paired;
      if (!first) return [];
      const taken = dropped > 0 ? [{ ...first, dropped }, ...rest] : paired;
      paired = [];
      dropped = 0;
      return taken;
    },
  };
};

export type RequestNotes = ReturnType<typeof createRequestNotes>;
