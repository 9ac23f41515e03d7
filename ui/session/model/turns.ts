import type { Approval } from '../../../contracts/approvals.ts';
import type { KeptFile, KeptImage } from '../../../contracts/attachments.ts';
import type { Chunk } from '../../../contracts/chunks.ts';
import type { TurnStatus } from '../../../contracts/events.ts';
import { group, type Turn } from '../../../contracts/transcript.ts';
import type { LiveOperation, SessionView } from '../../../contracts/view.ts';
import { type Block, blocksOf } from './blocks.ts';
import type { Superseded } from './superseded.ts';

/** A turn as it is shown. The same object comes back while nothing in it changed. */
export type TurnModel = {
  turn: number;
  /** Null for turns of older pages: only their chunks are known, and they have ended. */
  status: TurnStatus | null;
  hasEnded: boolean;
  code: string | null;
  durationMs: number | null;
  startedAt: string | null;
  /** The user's words; null while they lie on an older page. */
  request: { text: string; at: string; attached: readonly Attached[] } | null;
  blocks: Block[];
  /** The reply that grows; null while none does, or it has begun with nothing yet, or is waited for. */
  growing: { startedAt: string | null; attempt: number; size: number } | null;
};

type Attached = KeptImage | KeptFile;
type Inputs = readonly unknown[];
const same = (a: Inputs, b: Inputs): boolean => a.length === b.length && a.every((value, index) => value === b[index]);

type Memory = Map<number, { inputs: Inputs; model: TurnModel }>;

const requestOf = (turn: Turn | undefined): TurnModel['request'] => {
  const parts = turn?.messages.filter(({ role }) => role === 'user').flatMap(({ parts: all }) => all) ?? [];
  const texts = parts.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : []));
  const attached = parts.flatMap(({ body }) => (body.kind === 'image' || body.kind === 'file' ? [body] : []));
  return parts[0] ? { text: texts.join('\n\n'), at: parts[0].at, attached } : null;
};

/** Chunks never change, so their number and borders tell whether a turn has the same ones. */
const markOf = ({ messages }: Turn): string => {
  let count = 0;
  let first = Number.MAX_SAFE_INTEGER;
  let last = 0;
  for (const { seq } of messages.flatMap(({ parts }) => parts)) {
    count += 1;
    first = Math.min(first, seq);
    last = Math.max(last, seq);
  }
  return `${count}:${first}:${last}`;
};

/** Groups by what `of` says, in order. */
const byTurn = <Item extends { turn: number }>(items: readonly Item[]): Map<number, Item[]> => {
  const result = new Map<number, Item[]>();
  for (const item of items) result.set(item.turn, [...(result.get(item.turn) ?? []), item]);
  return result;
};

const growingIn = (live: readonly LiveOperation[]): TurnModel['growing'] => {
  const reply = live.find(({ call, parts, waits }) => call === null && parts.length > 0 && !waits);
  if (!reply) return null;
  const size = reply.parts.reduce((sum, { text }) => sum + text.length, 0);
  return { startedAt: reply.startedAt ?? null, attempt: reply.fence, size };
};

const none: never[] = [];

/** A function from views to turns that remembers the last result, so that what did not change is not built again. */
export const createTurnModels = (): ((view: SessionView, watched?: readonly Superseded[]) => TurnModel[]) => {
  let memory: Memory = new Map();
  let grouped: { chunks: readonly Chunk[]; turns: Map<number, { turn: Turn; mark: string }> } = {
    chunks: none,
    turns: new Map(),
  };

  return (view, watched = none) => {
    if (grouped.chunks !== view.chunks) {
      const marked = group(view.chunks).map((turn) => [turn.turn, { turn, mark: markOf(turn) }] as const);
      grouped = { chunks: view.chunks, turns: new Map(marked) };
    }
    const live: Map<number, LiveOperation[]> = byTurn(view.live);
    const approvals: Map<number, Approval[]> = byTurn(view.approvals);
    const superseded: Map<number, Superseded[]> = byTurn(watched);
    const running = Object.entries(view.turns).flatMap(([turn, { status }]) =>
      status === 'running' ? [Number(turn)] : [],
    );
    const numbers = [...new Set([...grouped.turns.keys(), ...live.keys(), ...running])].toSorted((a, b) => a - b);

    const next: Memory = new Map();
    for (const turn of numbers) {
      const chunks = grouped.turns.get(turn)?.turn;
      const mark = grouped.turns.get(turn)?.mark;
      const fact = view.turns[turn];
      const growing = live.get(turn) ?? none;
      const asked = approvals.get(turn) ?? none;
      const cut = superseded.get(turn) ?? none;
      const inputs = [mark, fact?.status, fact?.code, fact?.durationMs, ...growing, 'asked', ...asked, 'cut', ...cut];
      const before = memory.get(turn);
      if (before && same(before.inputs, inputs)) {
        next.set(turn, before);
        continue;
      }
      const status = fact?.status ?? null;
      const model: TurnModel = {
        turn,
        status,
        hasEnded: status === null ? growing.length === 0 : status !== 'running',
        code: fact?.code ?? null,
        durationMs: fact?.durationMs ?? null,
        startedAt: fact?.startedAt || null,
        request: requestOf(chunks),
        growing: growingIn(growing),
        blocks: blocksOf({
          messages: chunks?.messages ?? none,
          live: growing,
          approvals: asked,
          superseded: cut,
          status,
        }),
      };
      next.set(turn, { inputs, model });
    }
    memory = next;
    return [...next.values()].map(({ model }) => model);
  };
};
