import { hash } from 'node:crypto';
import type { Attached } from '../../../contracts/chunks.ts';
import {
  asContent,
  type Reply,
  type WireAssistant,
  type WireRules,
  type WireToolCall,
} from '../../../contracts/request.ts';
import { inTags, isTag } from '../think-tags.ts';
import type { Dialect } from './dialect.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Nine letters and digits: the one form of an id that every provider takes. */
export const shortId = (callId: string): string => {
  if (/^[a-zA-Z0-9]{9}$/.test(callId)) return callId;
  const bytes = Buffer.from(hash('sha256', callId), 'hex');
  return Array.from(bytes.subarray(0, 9), (byte) => letters[byte % letters.length]).join('');
};

/** Names of functions as strict providers take them; Google's begin with a letter or an underscore. */
export const legalName = (name: string): string => {
  const legal = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
  if (legal === '') return 'unknown';
  return /^[a-zA-Z_]/.test(legal) ? legal : `_${legal}`.slice(0, 64);
};

/** The parts of `content` in which some providers tell thinking from text. */
const thinkingParts = (thinking: string, content: string): string =>
  asContent([
    { type: 'thinking', thinking: [{ type: 'text', text: thinking }] },
    ...(content ? [{ type: 'text', text: content }] : []),
  ]);

/** What marks thinking that came inside `content`: its `as`. */
export const insideContent = { parts: 'content', tags: '<think>' } as const;

/** No field of a transcript, which may be imported, decides about these. */
const reserved = ['role', 'content', 'tool_calls'];

const withThinking = (message: WireAssistant, as: string, thinking: string): WireAssistant => {
  const content = typeof message.content === 'string' ? message.content : '';
  if (as === insideContent.parts) return { ...message, content: thinkingParts(thinking, content) };
  const tagged = inTags(thinking, as);
  if (tagged !== null) return { ...message, content: `${tagged}${content}` };
  return reserved.includes(as) || isTag(as) ? message : { ...message, [as]: thinking };
};

const withFields = (call: WireToolCall, fields: Record<string, unknown> | undefined): WireToolCall => {
  if (!fields) return call;
  const { id: _id, type: _type, function: inner, ...rest } = fields;
  const own = typeof inner === 'object' && inner !== null ? inner : {};
  return { ...call, function: { ...own, ...call.function }, ...rest };
};

/** `from`: the key and family of models that are asked; what is attached to a reply is sent back only to them. */
export const createRules = (dialect: Dialect, from: string | null): WireRules => {
  const isFromHere = (attached: Attached | undefined): attached is Attached =>
    attached !== undefined && attached.from === from;

  const restore = (message: WireAssistant, { thinking, texts, calls }: Reply): WireAssistant => {
    const own = [...thinking, ...texts, ...calls].map(({ attached }) => attached).filter(isFromHere);
    const fields = Object.assign({}, ...own.map(({ message: each }) => each)) as Record<string, unknown>;
    const as = own.find((attached) => attached.as !== undefined)?.as;
    const thought = thinking.map(({ text }) => text).join('');
    let restored = as && thought ? withThinking(message, as, thought) : message;
    for (const [field, value] of Object.entries(fields)) {
      if (!reserved.includes(field)) restored = { ...restored, [field]: value };
    }
    const tool_calls = restored.tool_calls?.map((call, index) => {
      const attached = calls[index]?.attached;
      return withFields(call, isFromHere(attached) ? attached.call : undefined);
    });
    return tool_calls ? { ...restored, tool_calls } : restored;
  };

  return {
    alternates: true,
    isOwn: ({ attached }) => attached === undefined || isFromHere(attached),
    callId: (callId, isOwn) => (isOwn && (dialect.callIds?.test(callId) ?? true) ? callId : shortId(callId)),
    toolName: legalName,
    complete: (message, reply) => {
      const restored = restore(message, reply);
      const isOwn = [...reply.thinking, ...reply.calls].some(({ attached }) => isFromHere(attached));
      const thinking = reply.thinking.map(({ text }) => text).join('');
      return dialect.complete?.(restored, reply, { isOwn, thinking }) ?? restored;
    },
  };
};
