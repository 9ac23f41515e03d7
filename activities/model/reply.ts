import type { Attached, ChunkBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { parseJson } from '../../contracts/parse-json.ts';
import { callsInText, type WrittenCall } from './call-markup.ts';
import { type Piece, readContent, textIn } from './content.ts';
import { insideContent } from './dialects/rules.ts';
import { UnreadableShape } from './failures.ts';
import { grow, isNothing, unknownFields } from './opaque.ts';
import { createSuffixes } from './suffixes.ts';
import { createThinkTags, splitAtClosing } from './think-tags.ts';
import { createToolCalls, type GrowingCall } from './tool-calls.ts';
import { isWholeObject, wholeArguments } from './whole-arguments.ts';
import { asFacts, type Facts } from './words.ts';

type Said = { kind: 'text' | 'thinking'; ordinal: number; text: string };

/** Fields of a message in which thinking comes as text; the first that holds some is the one that counts. */
const thinkingFields = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_text', 'thoughts', 'thought'];

/** Fields that are read, or that say nothing of the message. */
const knownFields = [
  ...thinkingFields,
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'name',
  'audio',
  'images',
  'annotations',
  'logprobs',
  'obfuscation',
  'token_ids',
  'prompt_token_ids',
  'stop_reason',
  'matched_stop',
  'hidden_states',
  'tool_call_id',
  'index',
];

/** Thinking of a provider that sends it as a list only. */
const inDetails = (delta: Facts): string =>
  Array.isArray(delta.reasoning_details)
    ? delta.reasoning_details.map((detail) => textOf(asFacts(detail).text ?? asFacts(detail).summary)).join('')
    : '';

const textOf = (value: unknown): string => textIn(value) ?? '';

const thinkingIn = (delta: Facts): { as: string | null; text: string } => {
  const as = thinkingFields.find((field) => textOf(delta[field]) !== '');
  return as ? { as, text: textOf(delta[as]) } : { as: null, text: inDetails(delta) };
};

/** Google's mark of content that is thinking. */
const isThought = (delta: Facts): boolean => asFacts(asFacts(delta.extra_content).google).thought === true;

const refuseMedia = (delta: Facts): void => {
  const held = ['images', 'audio'].find((field) => !isNothing(delta[field]));
  if (held) throw new UnreadableShape(`the reply holds ${held}, which a transcript cannot keep`);
};

/** Some write their calls as a text of JSON. */
const callsOf = (value: unknown): unknown[] => {
  if (isNothing(value)) return [];
  if (typeof value !== 'string') return Array.isArray(value) ? value : [value];
  const parsed = parseJson(value);
  if (typeof parsed !== 'object')
    throw new UnreadableShape(`the reply holds calls that cannot be read: ${value.slice(0, 120)}`);
  return callsOf(parsed);
};

/** Marks of the model's own format that some servers leave in names: `functions.look:0`, `look<|channel|>json`. */
const toolOf = (name: string, tools: readonly string[]): string => {
  const plain = name
    .trim()
    .replace(/^(?:functions|default_api|tools)[.:]/, '')
    .replace(/<\|.*$/, '')
    .replace(/:\d+$/, '');
  return !tools.includes(name) && tools.includes(plain) ? plain : name;
};

/** The provider's ids where it gave one, and gave it once; otherwise ids derived from the place of the call. */
const uniqueIds = (calls: readonly GrowingCall[], prefix: string): string[] => {
  const provided = new Set(calls.map(({ id }) => id));
  const given = new Set<string>();
  return calls.map(({ id: own, ordinal }) => {
    const isOwn = own !== undefined && !given.has(own);
    let id = isOwn ? own : `${prefix}_${ordinal}`;
    for (let count = 0; !isOwn && provided.has(id); count++) id = `${prefix}_${ordinal}_${count}`;
    given.add(id);
    return id;
  });
};

export type ReplyOptions = {
  callIdPrefix: string;
  /** The names of the tools that were offered: they tell a name that comes in parts from the name of another call. */
  tools?: readonly string[];
  /** The key and family of models that answer. Null: what they attach is not kept. */
  from?: string | null;
};

/** How a reply ended, for what it leaves open. */
export type ReplyEnd = {
  /** False: it was cut off, so what is not whole is half. */
  isWhole: boolean;
  /** Bytes of it were not text. */
  isBroken?: boolean;
};

/**
 * Puts a streamed reply together: one text, one thinking and each tool call, numbered as they first appear.
 * `add` throws `ReplyTooLong` beyond a thousand calls, and `UnreadableShape`.
 */
export const createReply = ({ callIdPrefix, tools = [], from = null }: ReplyOptions) => {
  const said: Said[] = [];
  const tags = createThinkTags();
  const pieces = { text: createSuffixes(), thinking: createSuffixes() };
  let count = 0;
  let as: string | null = null;
  let opaque: Facts = {};
  const { calls, add: addCall } = createToolCalls(tools, () => count++);

  const growSaid = ({ kind, text }: Piece): DeltaPart[] => {
    if (!text) return [];
    let part = said.find((other) => other.kind === kind);
    if (!part) {
      part = { kind, ordinal: count++, text: '' };
      said.push(part);
    }
    part.text += text;
    return [{ ordinal: part.ordinal, kind, text }];
  };

  const growCall = (piece: unknown): DeltaPart[] => {
    const grown = addCall(piece);
    if (!grown || (grown.text === '' && !grown.isNamed && grown.call.tool !== '')) return [];
    const { call, text, isNamed } = grown;
    return [{ ordinal: call.ordinal, kind: 'tool_call', text, ...(isNamed ? { tool: call.tool } : {}) }];
  };

  const growText = (text: string): DeltaPart[] => tags.add(text).flatMap(growSaid);

  const growContent = (delta: Facts): DeltaPart[] => {
    const content = readContent(delta.content);
    if (content.some(({ kind }) => kind === 'thinking')) as ??= insideContent.parts;
    if (isThought(delta)) return content.flatMap(({ text }) => growSaid({ kind: 'thinking', text }));
    if (typeof delta.content === 'string') return growText(pieces.text.add(delta.content));
    return content.flatMap((piece) => (piece.kind === 'thinking' ? growSaid(piece) : growText(piece.text)));
  };

  /** One `delta` of a stream, or the `message` of a whole answer. */
  const add = (value: unknown): DeltaPart[] => {
    const delta = asFacts(value);
    refuseMedia(delta);
    const thinking = thinkingIn(delta);
    as ??= thinking.text === '' ? null : thinking.as;
    opaque = grow(opaque, unknownFields(delta, knownFields)) as Facts;
    const content = growContent(delta);
    return [
      ...growSaid({ kind: 'thinking', text: pieces.thinking.add(thinking.text) }),
      ...content,
      ...(content.length === 0 ? growSaid({ kind: 'text', text: textOf(delta.refusal) }) : []),
      ...callsOf(delta.tool_calls).flatMap(growCall),
      ...callsOf(delta.function_call).flatMap((call) => growCall({ function: call })),
    ];
  };

  /** What was held back. To be called once, before `bodies`. */
  const end = (): DeltaPart[] => [
    ...growSaid({ kind: 'thinking', text: pieces.thinking.end() }),
    ...growText(pieces.text.end()),
    ...tags
      .end()
      // Blanks beside a call or thinking are not an answer.
      .filter(({ text }) => text.trim() !== '' || count === 0)
      .flatMap(growSaid),
  ];

  /** A text that closes thinking which its template opened is both. */
  const parts = (): Said[] => {
    const text = said.find(({ kind }) => kind === 'text');
    const split = said.length === 1 && text && tags.as() === null ? splitAtClosing(text.text) : null;
    if (!split || !text) return said;
    as = insideContent.tags;
    const thinking: Said = { kind: 'thinking', ordinal: text.ordinal, text: split.thinking };
    return split.text ? [thinking, { ...text, ordinal: text.ordinal + 0.5, text: split.text }] : [thinking];
  };

  const sayingOf = ({ kind, text }: Said): ChunkBody =>
    kind === 'text' ? { kind, role: 'assistant', text } : { kind, text };

  const calledBy = (call: GrowingCall, callId: string, { isWhole, isBroken = false }: ReplyEnd): ChunkBody => {
    const text = wholeArguments(call.text);
    const isCut = (!isWhole && !isWholeObject(text)) || (isBroken && text.includes('\uFFFD'));
    return {
      kind: 'tool_call',
      callId,
      tool: toolOf(call.tool, tools),
      arguments: text || (isWhole ? '{}' : ''),
      ...(isCut ? { isWhole: false as const } : {}),
    };
  };

  const attach = (body: ChunkBody, attached: Omit<Attached, 'from'>): ChunkBody => {
    const isWorth = Object.keys(attached).length > 0 || body.kind === 'tool_call';
    const canCarry = body.kind === 'text' || body.kind === 'thinking' || body.kind === 'tool_call';
    return from !== null && isWorth && canCarry ? { ...body, attached: { from, ...attached } } : body;
  };

  /** Calls that the server left in the text, or in the thinking, as the model wrote them. */
  const written = (spoken: readonly Said[]): { spoken: Said[]; calls: GrowingCall[] } => {
    // Where there is an answer, calls in the thinking before it were only thought of.
    const last = spoken.filter(({ kind }) => kind === 'text' || spoken.length === 1);
    const found = last.flatMap((part) => {
      const read = callsInText(part.text, tools);
      return read ? [{ part, ...read }] : [];
    })[0];
    if (!found) return { spoken: [...spoken], calls: [] };
    const { part, before } = found;
    const toCall = ({ tool, arguments: text }: WrittenCall, index: number): GrowingCall => {
      return { ordinal: count + index, index, id: undefined, tool, text, extra: {} };
    };
    const left = spoken.flatMap((each) => (each === part ? (before ? [{ ...each, text: before }] : []) : [each]));
    return { spoken: left, calls: found.calls.map(toCall) };
  };

  /** A whole call without arguments has none: `{}`. One that was cut off stays as it is. */
  const bodies = (ended: ReplyEnd): ChunkBody[] => {
    const whole = parts();
    const read = calls.length === 0 && ended.isWhole ? written(whole) : { spoken: whole, calls };
    const { spoken } = read;
    const ids = uniqueIds(read.calls, callIdPrefix);
    as ??= tags.as();
    const message = isNothing(opaque) ? {} : { message: opaque };
    const all = [
      ...spoken.map((part) => ({
        ordinal: part.ordinal,
        body: sayingOf(part),
        attached: part.kind === 'thinking' && as !== null ? { as } : {},
      })),
      ...read.calls.map((call, index) => ({
        ordinal: call.ordinal,
        body: calledBy(call, ids[index] ?? `${callIdPrefix}_${call.ordinal}`, ended),
        attached: isNothing(call.extra) ? {} : { call: call.extra },
      })),
    ].toSorted((a, b) => a.ordinal - b.ordinal);
    return all.map(({ body, attached }, index) => attach(body, index === 0 ? { ...attached, ...message } : attached));
  };

  const text = (): string => said.map((part) => (part.kind === 'text' ? part.text : '')).join('');

  return { add, end, bodies, said: text, calls: () => calls, isEmpty: (): boolean => count === 0 };
};
