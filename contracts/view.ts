import { z } from 'zod';
import { Approval } from './approvals.ts';
import { AttachmentRef } from './attachments.ts';
import { Chunk, isConversation } from './chunks.ts';
import { type DeltaPart, type SessionEvent, type StreamEvent, TurnStatus, WhenBusy } from './events.ts';
import { UsageTotals } from './usage.ts';
import { addUsageBody } from './usage-chunk.ts';

/** A reply or a tool's output that is still growing. `call` is null for the model's reply. */
export const LiveOperation = z.object({
  turn: z.int().positive(),
  step: z.int().positive(),
  call: z.int().nonnegative().nullable(),
  fence: z.int().positive(),
  /** The model's label, or the tool's name. */
  label: z.string(),
  /** When the attempt began. */
  startedAt: z.iso.datetime().optional(),
  /** While the model's next attempt is waited for. */
  waits: z.object({ until: z.iso.datetime(), code: z.string(), isAsked: z.boolean() }).optional(),
  parts: z.array(
    z.object({
      ordinal: z.int().nonnegative(),
      kind: z.enum(['text', 'thinking', 'tool_call', 'output']),
      text: z.string(),
      tool: z.string().optional(),
    }),
  ),
});
export type LiveOperation = z.infer<typeof LiveOperation>;

export const WaitingMessage = z.object({
  messageId: z.string(),
  text: z.string(),
  whenBusy: WhenBusy,
  attachments: z.array(AttachmentRef).optional(),
});

/** All that a viewer of one session shows. The same reducer runs in the browser, the CLI and the tests. */
export const SessionView = z.object({
  /** The last event that is in this view. */
  position: z.int().nonnegative(),
  chunks: z.array(Chunk),
  /** Chunks of the conversation in the whole session, loaded or not. */
  total: z.int().nonnegative(),
  usage: UsageTotals,
  turns: z.record(
    z.string(),
    z.object({
      status: TurnStatus,
      code: z.string().nullable(),
      durationMs: z.number().nullable(),
      startedAt: z.string(),
    }),
  ),
  waiting: z.array(WaitingMessage),
  approvals: z.array(Approval),
  live: z.array(LiveOperation),
});
export type SessionView = z.infer<typeof SessionView>;

type Operation = Pick<LiveOperation, 'turn' | 'step' | 'call'>;
export const sameOperation = (a: Operation, b: Operation): boolean =>
  a.turn === b.turn && a.step === b.step && a.call === b.call;

const compactionLabel = (model: string): string => `compaction · ${model}`;

const without = (live: LiveOperation[], operation: Operation): LiveOperation[] =>
  live.filter((other) => !sameOperation(other, operation));

/** A new attempt replaces an older one's text; an older one that comes late changes nothing. */
const start = (view: SessionView, next: Omit<LiveOperation, 'parts'>, at: string): SessionView => {
  const current = view.live.find((other) => sameOperation(other, next));
  if (current && current.fence >= next.fence) return view;
  return { ...view, live: [...without(view.live, next), { ...next, startedAt: at, parts: [] }] };
};

type GrowingPart = LiveOperation['parts'][number];

const grow = (parts: GrowingPart[], added: (DeltaPart | GrowingPart)[]): GrowingPart[] => {
  const byOrdinal = new Map(parts.map((part) => [part.ordinal, part]));
  for (const part of added) {
    const before = byOrdinal.get(part.ordinal);
    byOrdinal.set(part.ordinal, before ? { ...before, text: before.text + part.text } : { ...part });
  }
  return [...byOrdinal.values()];
};

const append = (live: LiveOperation[], operation: Omit<LiveOperation, 'label'>): LiveOperation[] =>
  live.map((other) =>
    sameOperation(other, operation) && other.fence === operation.fence
      ? { ...other, parts: grow(other.parts, operation.parts) }
      : other,
  );

const addChunks = (view: SessionView, chunks: Chunk[]): SessionView => {
  let { usage } = view;
  for (const { body } of chunks) if (body.kind === 'usage') usage = addUsageBody(usage, body);
  const conversation = chunks.filter(isConversation);
  return { ...view, usage, total: view.total + conversation.length, chunks: [...view.chunks, ...conversation] };
};

const settleTurn = (view: SessionView, event: Extract<SessionEvent, { type: 'turn.settled' }>): SessionView => {
  const before = view.turns[event.turn];
  return {
    ...addChunks(view, event.chunks),
    live: view.live.filter((operation) => operation.turn !== event.turn),
    approvals: view.approvals.filter((approval) => approval.turn !== event.turn),
    turns: {
      ...view.turns,
      [event.turn]: {
        status: event.status,
        code: event.code,
        durationMs: event.durationMs,
        startedAt: before?.startedAt ?? '',
      },
    },
  };
};

const apply = (view: SessionView, event: SessionEvent, at: string): SessionView => {
  switch (event.type) {
    case 'message.accepted': {
      const { type: _type, ...message } = event;
      return { ...view, waiting: [...view.waiting, message] };
    }
    case 'message.withdrawn':
      return { ...view, waiting: view.waiting.filter(({ messageId }) => messageId !== event.messageId) };
    case 'turn.started':
      return {
        ...addChunks(view, event.chunks),
        waiting: view.waiting.filter(({ messageId }) => messageId !== event.messageId),
        turns: {
          ...view.turns,
          [event.turn]: { status: 'running', code: null, durationMs: null, startedAt: event.startedAt },
        },
      };
    case 'step.started': {
      const { turn, step, fence, model } = event;
      return start(view, { turn, step, call: null, fence, label: model }, at);
    }
    case 'compaction.started': {
      const { turn, step, fence, model } = event;
      return start(view, { turn, step, call: null, fence, label: compactionLabel(model) }, at);
    }
    case 'compacted':
    case 'compaction.failed': {
      const isOf = ({ label, ...operation }: LiveOperation): boolean =>
        sameOperation(operation, { ...event, call: null }) && label.startsWith(compactionLabel(''));
      return { ...addChunks(view, event.chunks), live: view.live.filter((other) => !isOf(other)) };
    }
    case 'step.waiting': {
      const { fence, until, code, isAsked } = event;
      const isOf = (other: LiveOperation): boolean =>
        sameOperation(other, { ...event, call: null }) && other.fence === fence;
      const waits = { until, code, isAsked };
      return { ...view, live: view.live.map((other) => (isOf(other) ? { ...other, waits } : other)) };
    }
    case 'delta': {
      const { turn, step, fence, parts } = event;
      return { ...view, live: append(view.live, { turn, step, call: null, fence, parts }) };
    }
    case 'step.sealed':
      return { ...addChunks(view, event.chunks), live: without(view.live, { ...event, call: null }) };
    case 'approval.asked':
      return { ...view, approvals: [...view.approvals.filter(({ id }) => id !== event.approval.id), event.approval] };
    case 'approval.answered':
      return { ...view, approvals: view.approvals.filter(({ id }) => id !== event.approval.id) };
    case 'tool.started': {
      const { turn, step, call, fence, tool } = event;
      return start(view, { turn, step, call, fence, label: tool }, at);
    }
    case 'tool.output': {
      const { turn, step, call, fence, text } = event;
      return {
        ...view,
        live: append(view.live, { turn, step, call, fence, parts: [{ ordinal: 0, kind: 'output', text }] }),
      };
    }
    case 'tool.sealed':
      return { ...addChunks(view, event.chunks), live: without(view.live, event) };
    case 'turn.settled':
      return settleTurn(view, event);
    case 'session.changed':
      return addChunks(view, event.chunks);
    // Shown from the list of them, which is read again.
    case 'change.changed':
    case 'subagent.changed':
      return view;
  }
};

/** Pure. An event that is already in the view (a repeated position) changes nothing. */
export const reduce = (view: SessionView, { position, at, event }: StreamEvent): SessionView =>
  position <= view.position ? view : { ...apply(view, event, at), position };

/** Puts an older page before what is loaded; a chunk that is loaded already is kept once. */
export const prependPage = (view: SessionView, older: readonly Chunk[]): SessionView => {
  const loaded = new Set(view.chunks.map(({ seq }) => seq));
  return { ...view, chunks: [...older.filter(({ seq }) => !loaded.has(seq)), ...view.chunks] };
};
