/** Something in a session that can be selected and linked to. `step` is the model request of a step. */
export type SessionPlace =
  | { kind: 'turn'; turn: number }
  | { kind: 'step'; turn: number; step: number }
  | { kind: 'call'; turn: number; step: number; call: number }
  | { kind: 'chunk'; seq: number }
  | { kind: 'span'; id: string };

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** `turn-3`, `turn-3/step-2`, `turn-3/step-2/call-0`, `chunk-41`, `span-<id>`; null for anything else. */
export const parsePlace = (text: string): SessionPlace | null => {
  const [, turn, step, call] = /^turn-([1-9]\d{0,8})(?:\/step-([1-9]\d{0,8})(?:\/call-(\d{1,8}))?)?$/.exec(text) ?? [];
  if (turn !== undefined) {
    if (step === undefined) return { kind: 'turn', turn: Number(turn) };
    const at = { turn: Number(turn), step: Number(step) };
    return call === undefined ? { kind: 'step', ...at } : { kind: 'call', ...at, call: Number(call) };
  }
  const seq = /^chunk-([1-9]\d{0,14})$/.exec(text)?.[1];
  if (seq !== undefined) return { kind: 'chunk', seq: Number(seq) };
  const id = decode(/^span-(.+)$/.exec(text)?.[1] ?? '');
  return id ? { kind: 'span', id } : null;
};

/** What {@link parsePlace} reads. */
export const writePlace = (place: SessionPlace): string => {
  switch (place.kind) {
    case 'turn':
      return `turn-${place.turn}`;
    case 'step':
      return `turn-${place.turn}/step-${place.step}`;
    case 'call':
      return `turn-${place.turn}/step-${place.step}/call-${place.call}`;
    case 'chunk':
      return `chunk-${place.seq}`;
    case 'span':
      return `span-${encodeURIComponent(place.id)}`;
  }
};
