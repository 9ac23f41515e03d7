import type { Span } from '../../../contracts/api.ts';
import type { Chunk, ToolCallBody, ToolResultBody } from '../../../contracts/chunks.ts';
import { resultOrdinal } from '../../../contracts/chunks.ts';
import type { LiveOperation, SessionView } from '../../../contracts/view.ts';
import type { SessionPlace } from './place.ts';

/** What is known of a selected place. `attempts` are spans, the oldest first; `attempt` is the one that was selected. */
export type Inspected =
  | { kind: 'turn'; turn: number; spans: readonly Span[]; chunks: readonly Chunk[] }
  | { kind: 'step'; turn: number; step: number; attempt: number | null; attempts: readonly Span[] }
  | {
      kind: 'call';
      turn: number;
      step: number;
      call: number;
      attempt: number | null;
      attempts: readonly Span[];
      body: ToolCallBody | null;
      result: ToolResultBody | null;
      live: LiveOperation | null;
      /** Of the model that asked for it. */
      request: Span | null;
    }
  | { kind: 'chunk'; chunk: Chunk };

/** `older`: its chunks lie on pages that were not read. `spans`: its spans were not read. `missing`: there is none. */
export type Found = { status: 'found'; inspected: Inspected } | { status: 'older' | 'spans' | 'missing' };

type Loaded = {
  view: SessionView;
  /** Of turns, by number, and of the whole session, as far as they were read. */
  traces: Readonly<Record<number, readonly Span[] | null>>;
  allSpans: readonly Span[] | null;
};

const isModel = ({ kind }: Span): boolean => kind !== 'tool';

const spansOf = ({ traces, allSpans }: Loaded, turn: number): readonly Span[] =>
  traces[turn] ?? allSpans?.filter((span) => span.turn === turn) ?? [];

const callAt = (
  loaded: Loaded,
  at: { turn: number; step: number; call: number },
  attempt: number | null,
): Inspected => {
  const chunks = loaded.view.chunks.filter(({ turn, step }) => turn === at.turn && step === at.step);
  const calls = chunks.flatMap(({ body }) => (body.kind === 'tool_call' ? [body] : []));
  const body = calls[at.call] ?? null;
  const result = chunks.find(({ ordinal }) => ordinal === resultOrdinal(at.call))?.body;
  const spans = spansOf(loaded, at.turn).filter(({ step }) => step === at.step);
  return {
    kind: 'call',
    ...at,
    attempt,
    attempts: spans.filter(({ call }) => call === at.call),
    body,
    result: result?.kind === 'tool_result' ? result : null,
    live:
      loaded.view.live.find(({ turn, step, call }) => turn === at.turn && step === at.step && call === at.call) ?? null,
    request: spans.findLast((span) => isModel(span) && span.status === 'ok') ?? null,
  };
};

const stepAt = (loaded: Loaded, { turn, step }: { turn: number; step: number }, attempt: number | null): Inspected => ({
  kind: 'step',
  turn,
  step,
  attempt,
  attempts: spansOf(loaded, turn).filter((span) => span.step === step && isModel(span)),
});

const inSpan = (loaded: Loaded, id: string): Found => {
  const known = [...Object.values(loaded.traces).flatMap((spans) => spans ?? []), ...(loaded.allSpans ?? [])];
  const span = known.find((one) => one.id === id);
  if (!span) return { status: loaded.allSpans ? 'missing' : 'spans' };
  const { turn, step, call, attempt } = span;
  const inspected =
    call === null ? stepAt(loaded, { turn, step }, attempt) : callAt(loaded, { turn, step, call }, attempt);
  return { status: 'found', inspected };
};

/** What a place names, as far as the transcript and the spans that were read say. */
export const inspect = (loaded: Loaded, place: SessionPlace): Found => {
  if (place.kind === 'span') return inSpan(loaded, place.id);
  const { chunks, total, turns, live } = loaded.view;
  const hasAll = chunks.length >= total;
  if (place.kind === 'chunk') {
    const chunk = chunks.find(({ seq }) => seq === place.seq);
    if (chunk) return { status: 'found', inspected: { kind: 'chunk', chunk } };
    return { status: hasAll || chunks.some(({ seq }) => seq < place.seq) ? 'missing' : 'older' };
  }
  const { turn } = place;
  const ofTurn = chunks.filter((chunk) => chunk.turn === turn);
  if (ofTurn.length === 0 && !turns[turn] && !live.some((one) => one.turn === turn))
    return { status: hasAll || chunks.some((chunk) => chunk.turn < turn) ? 'missing' : 'older' };
  if (place.kind === 'turn')
    return { status: 'found', inspected: { kind: 'turn', turn, spans: spansOf(loaded, turn), chunks: ofTurn } };
  const first = chunks[0];
  // A page may begin in the middle of a step, whose calls cannot be counted then.
  const isCut = first && first.ordinal > 0 && first.turn === turn && first.step === place.step && !hasAll;
  if (place.kind === 'call' && isCut) return { status: 'older' };
  return {
    status: 'found',
    inspected: place.kind === 'step' ? stepAt(loaded, place, null) : callAt(loaded, place, null),
  };
};

/** The turn of a place; null where it is not known yet. */
export const turnOf = (loaded: Loaded, place: SessionPlace): number | null => {
  if ('turn' in place) return place.turn;
  const found = inspect(loaded, place);
  if (found.status !== 'found') return null;
  return found.inspected.kind === 'chunk' ? found.inspected.chunk.turn : found.inspected.turn;
};
