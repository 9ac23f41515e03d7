import { UnreadableShape } from './failures.ts';
import { asFacts, type Facts } from './words.ts';

/** A piece of `content`, in the order in which it came. */
export type Piece = { kind: 'text' | 'thinking'; text: string };

const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

const sample = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
};

/** Parts that say nothing which belongs into a transcript: references, signatures, marks of a cache. */
const silent = [
  'reference',
  'references',
  'citation',
  'citations',
  'signature',
  'redacted_thinking',
  'step_start',
  'annotation',
];
const thoughtTypes = [
  'thinking',
  'reasoning',
  'thought',
  'reasoning_text',
  'summary_text',
  'reasoning.text',
  'reasoning.summary',
];

const inside = [
  'text',
  'content',
  'thinking',
  'reasoning',
  'reasoning_content',
  'summary',
  'value',
  'refusal',
  'parts',
];

/** Text in any wrapping: a text, an object that holds one, a list of either. Null if there is none. */
export const textIn = (value: unknown, depth = 0): string | null => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (depth > 4 || !isFacts(value)) return null;
  if (Array.isArray(value)) {
    const texts = value.map((each) => textIn(each, depth + 1));
    return texts.some((text) => text === null) ? null : texts.join('');
  }
  const name = inside.find((each) => value[each] !== undefined && value[each] !== null);
  if (name) return textIn(value[name], depth + 1);
  return Object.keys(value).length === 0 ? '' : null;
};

const pieceOf = (part: unknown): Piece => {
  if (typeof part === 'string') return { kind: 'text', text: part };
  const { type, thought } = asFacts(part);
  if (typeof type === 'string' && silent.includes(type)) return { kind: 'text', text: '' };
  const text = textIn(part);
  if (text === null) throw new UnreadableShape(`the reply holds content that cannot be read: ${sample(part)}`);
  const isThought = thought === true || (typeof type === 'string' && thoughtTypes.includes(type));
  const only = asFacts(part);
  const isOnlyThinking =
    type === undefined && only.text === undefined && only.content === undefined && only.thinking !== undefined;
  return { kind: isThought || isOnlyThinking ? 'thinking' : 'text', text };
};

/** `content` as text, as a list of parts, or as one part. Throws `UnreadableShape`. */
export const readContent = (content: unknown): Piece[] => {
  if (content === null || content === undefined) return [];
  if (typeof content === 'number' || typeof content === 'boolean') {
    throw new UnreadableShape(`the reply holds content that cannot be read: ${sample(content)}`);
  }
  return (Array.isArray(content) ? content : [content])
    .filter((part) => part !== null && part !== undefined)
    .map(pieceOf)
    .filter(({ text }) => text !== '');
};
