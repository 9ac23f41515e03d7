import type { Approval } from '../../../contracts/approvals.ts';
import type { KeptImage } from '../../../contracts/attachments.ts';
import type { SystemLabel, ToolResultBody } from '../../../contracts/chunks.ts';
import type { TurnStatus } from '../../../contracts/events.ts';
import type { Message, Part } from '../../../contracts/transcript.ts';
import type { LiveOperation } from '../../../contracts/view.ts';
import { waitWords } from '../../../contracts/wait-words.ts';
import type { Superseded } from './superseded.ts';

/**
 * Where a tool call stands: its arguments are being written, it waits for its turn or for a person, it runs, it
 * ended (the status of its result), or its turn ended without a result.
 */
export type ToolState = 'writing' | 'queued' | 'asking' | 'running' | ToolResultBody['status'] | 'lost';

export type ToolBlock = {
  kind: 'tool';
  key: string;
  step: number;
  /** Null when only the result is loaded and its call lies on an older page. */
  call: number | null;
  tool: string;
  arguments: string | null;
  state: ToolState;
  /** What a running tool has printed so far. */
  output: string | null;
  result: ToolResultBody | null;
  approval: Approval | null;
};

export type Block =
  | { kind: 'text'; key: string; text: string; streaming: boolean }
  | { kind: 'thinking'; key: string; text: string; streaming: boolean }
  | { kind: 'error'; key: string; code: string; message: string }
  /** What the runtime says; several in a row are one block. */
  | { kind: 'system'; key: string; notes: Note[] }
  | { kind: 'image'; key: string; images: KeptImage[] }
  /** A model request that has answered nothing yet, or a turn between two operations (`label` null). */
  | { kind: 'waiting'; key: string; label: string | null; startedAt?: string; attempt?: number }
  /** An attempt that was cut off, and what it had written. `text` is empty where nobody watched it. */
  | CutBlock
  /** A model request that is sent again later. */
  | { kind: 'pause'; key: string; words: string }
  | ToolBlock;

export type CutBlock = {
  kind: 'cut';
  key: string;
  step: number;
  call: number | null;
  /** Of the attempt that was cut off. */
  attempt: number;
  ms: number | null;
  /** Null: its worker was lost. */
  code: string | null;
  text: string;
};

/** `isSaid`: the model was told it too. */
export type Note = { label: SystemLabel; text: string; isSaid: boolean };

export type TurnParts = {
  messages: readonly Message[];
  live: readonly LiveOperation[];
  approvals: readonly Approval[];
  superseded?: readonly Superseded[];
  status: TurnStatus | null;
};

const key = (step: number, ordinal: number): string => `${step}/${ordinal}`;

/** One step's blocks from what is sealed. Keys are those of the growing reply, so elements live on when it is sealed. */
const sealedBlocks = (parts: TurnParts, { step, parts: reply }: Message): Block[] => {
  const results = parts.messages
    .filter((message) => message.role === 'tool' && message.step === step)
    .flatMap((message) => message.parts.flatMap(({ body }) => (body.kind === 'tool_result' ? [body] : [])));
  let call = -1;
  return reply.flatMap(({ ordinal, body }: Part): Block[] => {
    switch (body.kind) {
      case 'text':
        return body.text === '' ? [] : [{ kind: 'text', key: key(step, ordinal), text: body.text, streaming: false }];
      case 'thinking':
        return [{ kind: 'thinking', key: key(step, ordinal), text: body.text, streaming: false }];
      case 'tool_call': {
        call += 1;
        const result = results.find(({ callId }) => callId === body.callId) ?? null;
        return [
          toolBlock(parts, { key: key(step, ordinal), step, call, tool: body.tool, arguments: body.arguments, result }),
        ];
      }
      case 'error':
        return [{ kind: 'error', key: key(step, ordinal), code: body.code, message: body.message }];
      case 'system':
        return [
          {
            kind: 'system',
            key: key(step, ordinal),
            notes: [{ label: body.label, text: body.text, isSaid: body.isSaid === true }],
          },
        ];
      case 'image':
        return [{ kind: 'image', key: key(step, ordinal), images: [body] }];
      default:
        return [];
    }
  });
};

type SealedCall = Pick<ToolBlock, 'key' | 'step' | 'tool' | 'arguments' | 'result'> & { call: number };

const toolBlock = ({ live, approvals, status }: TurnParts, sealed: SealedCall): ToolBlock => {
  const at = (other: { step: number; call: number | null }): boolean =>
    other.step === sealed.step && other.call === sealed.call;
  const approval = approvals.find(at) ?? null;
  const running = live.find(at);
  const output = running ? running.parts.map(({ text }) => text).join('') : null;
  let state: ToolState = 'queued';
  if (sealed.result) state = sealed.result.status;
  else if (approval) state = 'asking';
  else if (running) state = 'running';
  else if (status !== 'running') state = status === 'cancelled' ? 'cancelled' : 'lost';
  return { kind: 'tool', ...sealed, state, output, approval: sealed.result ? null : approval };
};

const growingBlocks = ({ step, label, fence, startedAt, parts, waits }: LiveOperation): Block[] => {
  const blocks = parts
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map((part, index): Block => {
      const at = key(step, part.ordinal);
      const streaming = !waits && index === parts.length - 1;
      if (part.kind === 'text' || part.kind === 'thinking')
        return { kind: part.kind, key: at, text: part.text, streaming };
      return {
        kind: 'tool',
        key: at,
        step,
        call: null,
        tool: part.tool ?? 'tool',
        arguments: part.text,
        state: 'writing',
        output: null,
        result: null,
        approval: null,
      };
    });
  if (waits) return [...blocks, { kind: 'pause', key: `${step}/pause`, words: waitWords(waits) }];
  return blocks.length > 0
    ? blocks
    : [
        {
          kind: 'waiting',
          key: `${step}/waiting`,
          label,
          attempt: fence,
          ...(startedAt === undefined ? {} : { startedAt }),
        },
      ];
};

/** Results whose call lies on an older page. */
const orphans = (messages: readonly Message[]): Block[] => {
  const calls = new Set(
    messages.flatMap(({ parts }) => parts.flatMap(({ body }) => (body.kind === 'tool_call' ? [body.callId] : []))),
  );
  return messages.flatMap(({ step, parts }) =>
    parts.flatMap(({ ordinal, body }): Block[] =>
      body.kind === 'tool_result' && !calls.has(body.callId)
        ? [
            {
              kind: 'tool',
              key: key(step, ordinal),
              step,
              call: null,
              tool: body.tool,
              arguments: null,
              state: body.status,
              output: null,
              result: body,
              approval: null,
            },
          ]
        : [],
    ),
  );
};

const joined = (blocks: readonly Block[]): Block[] => {
  const all: Block[] = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if (block.kind === 'system' && last?.kind === 'system') {
      all[all.length - 1] = { ...last, notes: [...last.notes, ...block.notes] };
    } else all.push(block);
  }
  return all;
};

const cutBlock = ({ step, call, fence, startedAt, endedAt, code, parts }: Superseded): CutBlock => ({
  kind: 'cut',
  key: `cut/${step}/${call ?? 'model'}/${fence}`,
  step,
  call,
  attempt: fence,
  ms: startedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt),
  code,
  text: parts
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map(({ kind, text, tool }) => (kind === 'tool_call' ? `${tool ?? 'tool'} ${text}` : text))
    .join('\n\n'),
});

const stepOf = ({ key: at }: Block): number => Number.parseInt(at, 10);

/** Each before the first block of its step: there the next attempt begins. */
export const withCuts = (blocks: readonly Block[], cuts: readonly CutBlock[]): Block[] => {
  const all = [...blocks];
  for (const cut of cuts.toSorted((a, b) => b.step - a.step || b.attempt - a.attempt)) {
    const known = all.findIndex(({ key: at }) => at === cut.key);
    const watched = all[known];
    if (watched?.kind === 'cut') {
      all[known] = { ...watched, ms: cut.ms ?? watched.ms };
      continue;
    }
    const place = all.findIndex((block) =>
      cut.call === null
        ? stepOf(block) >= cut.step
        : stepOf(block) > cut.step || (block.kind === 'tool' && block.step === cut.step && block.call === cut.call),
    );
    all.splice(place === -1 ? all.length : place, 0, cut);
  }
  return all;
};

/** Questions that no call on the page asks, such as whether to run a check. */
const askedApart = (approvals: readonly Approval[], blocks: readonly Block[]): ToolBlock[] =>
  approvals
    .filter(({ id }) => !blocks.some((block) => block.kind === 'tool' && block.approval?.id === id))
    .map((approval) => ({
      kind: 'tool',
      key: `${approval.step}/asked/${approval.id}`,
      step: approval.step,
      call: null,
      tool: approval.tool,
      arguments: approval.arguments,
      state: 'asking',
      output: null,
      result: null,
      approval,
    }));

/** The reply of a turn, in the order it is read. */
export const blocksOf = (parts: TurnParts): Block[] => {
  const replies = parts.messages.filter(({ role }) => role === 'assistant').toSorted((a, b) => a.step - b.step);
  const sealed = joined(replies.flatMap((message) => sealedBlocks(parts, message)));
  const blocks = [...orphans(parts.messages), ...sealed];
  const growing = parts.live.filter(({ call }) => call === null).flatMap(growingBlocks);
  const all = [...blocks, ...growing];
  all.push(...askedApart(parts.approvals, all));
  const busy = all.some((block) => block.kind === 'waiting' || (block.kind === 'tool' && isOpen(block.state)));
  if (parts.status === 'running' && growing.length === 0 && !busy) {
    all.push({ kind: 'waiting', key: 'between', label: null });
  }
  return withCuts(all, (parts.superseded ?? []).map(cutBlock));
};

const isOpen = (state: ToolState): boolean => ['writing', 'queued', 'asking', 'running'].includes(state);
