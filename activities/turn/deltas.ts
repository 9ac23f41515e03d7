import type { DeltaPart } from '../../contracts/events.ts';

/** Joins neighbours that grow the same chunk, so that an event holds each once. */
export const mergeParts = (parts: readonly DeltaPart[]): DeltaPart[] => {
  const merged: DeltaPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last && last.ordinal === part.ordinal && last.kind === part.kind) last.text += part.text;
    else merged.push({ ...part });
  }
  return merged;
};
