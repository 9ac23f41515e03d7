import type { StepPlace } from '../../contracts/context/epoch.ts';

/** What to show of a part: the rest of it, or all of it again when what was shown has changed. */
export type Fresh = { text: string; again: boolean };

/**
 * What was shown of the step that grows, so that every piece is shown once: deltas add to it, the sealed chunk
 * completes it, a newer attempt replaces it.
 */
export const createGrowth = () => {
  /** Null: nothing has been shown yet. */
  let place: StepPlace | null = null;
  let fence = 0;
  /** Whether the attempt was seen from its first delta on. */
  let isWhole = false;
  let shown = new Map<number, string>();

  const isHere = ({ turn, step }: StepPlace): boolean => turn === place?.turn && step === place.step;
  const begin = (at: StepPlace, nextFence: number, whole: boolean): void => {
    place = { turn: at.turn, step: at.step };
    fence = nextFence;
    isWhole = whole;
    shown = new Map();
  };

  return {
    /** `superseded`: an earlier attempt at this step had shown something. Null for an attempt that is too old. */
    start(at: StepPlace & { fence: number }): { superseded: boolean } | null {
      if (isHere(at) && at.fence <= fence) return null;
      const superseded = isHere(at) && shown.size > 0;
      begin(at, at.fence, true);
      return { superseded };
    },

    /** False for a delta of an attempt that is too old. */
    grow(at: StepPlace & { fence: number }, { ordinal, text }: { ordinal: number; text: string }): boolean {
      if (isHere(at) && at.fence < fence) return false;
      if (!isHere(at) || at.fence > fence) begin(at, at.fence, false);
      shown.set(ordinal, (shown.get(ordinal) ?? '') + text);
      return true;
    },

    /** The whole part. */
    seal(at: StepPlace, ordinal: number, full: string): Fresh {
      const before = isHere(at) ? (shown.get(ordinal) ?? '') : '';
      if (isHere(at)) shown.set(ordinal, full);
      if (full.startsWith(before)) return { text: full.slice(before.length), again: false };
      if (!isWhole && full.endsWith(before)) return { text: '', again: false };
      return { text: full, again: true };
    },
  };
};
