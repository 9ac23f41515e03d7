import { z } from 'zod';
import { Approval } from './approvals.ts';
import { AttachmentRef } from './attachments.ts';
import { Chunk } from './chunks.ts';
import { EpochKind } from './context/epoch.ts';
import { FileChange } from './file-changes.ts';
import { Subagent } from './subagents.ts';
import { permissions } from './tools.ts';

export const WhenBusy = z.enum(['enqueue', 'interrupt', 'reject']);
export type WhenBusy = z.infer<typeof WhenBusy>;

export const TurnStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);
export type TurnStatus = z.infer<typeof TurnStatus>;

const step = { turn: z.int().positive(), step: z.int().positive() };
const call = { ...step, call: z.int().nonnegative() };

/**
 * What happened in a session's stream. Facts are durable. `delta` and `tool.output` are ephemeral: they are
 * removed once the fact that holds the whole value (`step.sealed`, `tool.sealed`) is written. Both carry the
 * fence of their attempt: a higher one supersedes all of a lower one.
 */
export const SessionEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message.accepted'),
    messageId: z.string(),
    text: z.string(),
    whenBusy: WhenBusy,
    attachments: z.array(AttachmentRef).optional(),
  }),
  z.object({ type: z.literal('message.withdrawn'), messageId: z.string(), code: z.string() }),
  z.object({
    type: z.literal('turn.started'),
    turn: z.int().positive(),
    messageId: z.string(),
    startedAt: z.iso.datetime(),
    chunks: z.array(Chunk),
  }),
  z.object({ type: z.literal('step.started'), ...step, fence: z.int().positive(), model: z.string() }),
  /** Ephemeral. The attempt failed, and the next one begins at `until`. */
  z.object({
    type: z.literal('step.waiting'),
    ...step,
    fence: z.int().positive(),
    until: z.iso.datetime(),
    /** Of the error table: why the attempt failed. */
    code: z.string(),
    /** The provider has asked for the wait. */
    isAsked: z.boolean(),
  }),
  z.object({
    type: z.literal('delta'),
    ...step,
    fence: z.int().positive(),
    /** The chunk of the step that grows; several in one event are several bodies at their ordinals. */
    parts: z.array(
      z.object({
        ordinal: z.int().nonnegative(),
        kind: z.enum(['text', 'thinking', 'tool_call']),
        /** Appended to the text, or to the arguments of a tool call. */
        text: z.string(),
        /** On the first part of a tool call. */
        tool: z.string().optional(),
      }),
    ),
  }),
  z.object({ type: z.literal('step.sealed'), ...step, chunks: z.array(Chunk) }),
  /** A summary is written, before the request of the step. */
  z.object({ type: z.literal('compaction.started'), ...step, fence: z.int().positive(), model: z.string() }),
  /** What is sent of the transcript has changed; the transcript has not. */
  z.object({
    type: z.literal('compacted'),
    ...step,
    epoch: z.int().positive(),
    kind: EpochKind,
    chunks: z.array(Chunk),
  }),
  /** It changed nothing. */
  z.object({
    type: z.literal('compaction.failed'),
    ...step,
    epoch: z.int().positive(),
    kind: EpochKind,
    chunks: z.array(Chunk),
  }),
  z.object({ type: z.literal('approval.asked'), approval: Approval }),
  z.object({ type: z.literal('approval.answered'), approval: Approval }),
  z.object({
    type: z.literal('tool.started'),
    ...call,
    fence: z.int().positive(),
    callId: z.string(),
    tool: z.string(),
  }),
  z.object({
    type: z.literal('tool.output'),
    ...call,
    fence: z.int().positive(),
    callId: z.string(),
    text: z.string(),
  }),
  z.object({ type: z.literal('tool.sealed'), ...call, chunks: z.array(Chunk) }),
  z.object({
    type: z.literal('turn.settled'),
    turn: z.int().positive(),
    status: TurnStatus.exclude(['running']),
    code: z.string().nullable(),
    durationMs: z.number().nonnegative(),
    chunks: z.array(Chunk),
  }),
  /** What the session continues with. */
  z.object({
    type: z.literal('session.changed'),
    agent: z.string(),
    model: z.string(),
    allow: z.array(z.enum(permissions)),
    archivedAt: z.iso.datetime().nullable(),
    chunks: z.array(Chunk),
  }),
  /** The current states of changes to files. */
  z.object({
    type: z.literal('change.changed'),
    changes: z.array(FileChange.pick({ id: true, number: true, kind: true, path: true, state: true })),
  }),
  /** One that this session has spawned. */
  z.object({ type: z.literal('subagent.changed'), subagent: Subagent }),
]);
export type SessionEvent = z.infer<typeof SessionEvent>;

/** An event at its place in the stream: positions count 1, 2, 3… in commit order. */
export const StreamEvent = z.object({ position: z.int().positive(), at: z.iso.datetime(), event: SessionEvent });
export type StreamEvent = z.infer<typeof StreamEvent>;

export type DeltaPart = Extract<SessionEvent, { type: 'delta' }>['parts'][number];
