import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseJson } from '../../../contracts/parse-json.ts';
import { formatBytes, storable } from '../text.ts';
import type { ToolResult } from '../tool.ts';
import { serverLimits } from './limits.ts';

const Item = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.enum(['image', 'audio']), data: z.string(), mimeType: z.string().max(200) }),
  z.object({
    type: z.literal('resource'),
    resource: z.object({
      uri: z.string(),
      text: z.string().optional(),
      blob: z.string().optional(),
      mimeType: z.string().max(200).optional(),
    }),
  }),
  z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string().optional() }),
]);
/** Some servers make up kinds, such as "error": their words count all the same. */
const Worded = z.object({ text: z.string() });

const bytesOf = (base64: string): string => formatBytes(Buffer.byteLength(base64, 'base64'));

const wordsOf = (value: unknown): string => {
  const { data } = Item.safeParse(value);
  if (!data) return Worded.safeParse(value).data?.text ?? '[A part of a kind that Everturn does not know]';
  if (data.type === 'text') return data.text;
  if (data.type === 'resource_link') return `[Resource ${data.name ?? ''} ${data.uri}]`.replace('  ', ' ');
  if (data.type === 'resource') {
    const { uri, text, blob = '', mimeType = 'bytes' } = data.resource;
    return text === undefined ? `[Resource ${uri}: ${mimeType}, ${bytesOf(blob)}]` : `[Resource ${uri}]\n${text}`;
  }
  return `[${data.type === 'image' ? 'Image' : 'Sound'}: ${data.mimeType}, ${bytesOf(data.data)}]`;
};

/** The beginning and the end of a long text, with what is between them counted. */
export const headAndTail = (text: string): string => {
  const most = serverLimits.resultCharacters;
  if (text.length <= most) return text;
  const half = most / 2;
  return storable(`${text.slice(0, half)}\n[${text.length - most} characters left out]\n${text.slice(-half)}`);
};

export const CallAnswer = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

const leavesOf = (value: unknown): string[] => {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === null || value === undefined ? [] : [String(value)];
};

const isDeep = (value: unknown, levels = 100): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeep(one, levels - 1)));

/** Characters that are compared in all. */
const maxCompared = 100_000_000;

/** Whether the text says all that the structured content does, as most servers have it. */
const isSaid = (value: unknown, parts: readonly string[]): boolean => {
  if (isDeep(value)) return parts.length > 0;
  if (parts.some((part) => isDeepStrictEqual(parseJson(part), value))) return true;
  const text = parts.join('\n');
  const leaves = leavesOf(value);
  if (leaves.length * text.length > maxCompared) return false;
  return leaves.every((leaf) => text.includes(leaf) || text.includes(JSON.stringify(leaf).slice(1, -1)));
};

/** What the model reads of an answer. Many servers repeat structured content as text; others say only in short what it holds. */
export const toResult = ({ content = [], structuredContent, isError }: z.infer<typeof CallAnswer>): ToolResult => {
  const parts = content.slice(0, 1000).map(wordsOf);
  const isNew = structuredContent !== undefined && structuredContent !== null && !isSaid(structuredContent, parts);
  const structured = isNew ? [JSON.stringify(structuredContent)] : [];
  const text = headAndTail([...parts, ...structured].join('\n'));
  return { status: isError === true ? 'error' : 'ok', text: text === '' ? '[The server gave no content]' : text };
};
