import type { ChunkBody, PlacedChunk } from '../chunks.ts';
import { labelOf } from '../image-parts.ts';
import { unitsOf } from './measure.ts';

/** Of an argument or a result the summary needs to know what it was, not all of it. */
const clip = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const head = Math.floor(most * 0.7);
  return `${text.slice(0, head)} […${text.length - most} characters…] ${text.slice(head - most)}`.toWellFormed();
};

const lineOf = (body: ChunkBody): string | null => {
  if (body.kind === 'text') return `${body.role === 'user' ? 'User' : 'Assistant'}: ${clip(body.text, 8000)}`;
  if (body.kind === 'tool_call') return `Call of ${body.tool}: ${clip(body.arguments, 1000)}`;
  if (body.kind === 'tool_result') {
    const images = (body.images ?? []).map((image) => ` ${labelOf(image)}`).join('');
    return `Result of ${body.tool} (${body.status}): ${clip(body.text, 2000)}${images}`;
  }
  if (body.kind === 'file') return `User: file ${JSON.stringify(body.name)}: ${clip(body.text, 4000)}`;
  return body.kind === 'image' ? `User: ${labelOf(body)} (not shown here)` : null;
};

/** Chunks as a text that a model can summarise: without calls that want answers, and without images. */
export const digest = (chunks: readonly PlacedChunk[]): string =>
  chunks.flatMap(({ body }) => lineOf(body) ?? []).join('\n\n');

const heading = 'Messages of the user, word for word:';

/**
 * What users said is kept as they said it, so that no summary can lose the task: the first message, then the newest, as far
 * as there is room. `before`: those that an earlier summary kept.
 */
export const keepMessages = (chunks: readonly PlacedChunk[], before: readonly string[], maxUnits: number): string[] => {
  const said = chunks.flatMap(({ seq, body }) =>
    seq > 0 && body.kind === 'text' && body.role === 'user' ? [body.text] : [],
  );
  const all = [...before, ...said].map((text) => clip(text, Math.max(400, Math.floor(maxUnits * 2))));
  const [first, ...rest] = all;
  let left = maxUnits - unitsOf(first ?? '');
  const newest: string[] = [];
  for (const text of rest.toReversed()) {
    left -= unitsOf(text);
    if (left < 0) break;
    newest.unshift(text);
  }
  return first === undefined ? [] : [first, ...newest];
};

/** The summary as it is stored and sent. */
export const joinSummary = (written: string, messages: readonly string[]): string =>
  [written.trim(), heading, ...messages.map((text) => `- ${JSON.stringify(text)}`)].join('\n\n');

const parse = (line: string): string[] => {
  try {
    const value: unknown = JSON.parse(line.slice(2));
    return typeof value === 'string' ? [value] : [];
  } catch {
    return [];
  }
};

/** Undoes {@link joinSummary}. */
export const splitSummary = (summary: string): { written: string; messages: string[] } => {
  const at = summary.lastIndexOf(`\n\n${heading}`);
  if (at < 0) return { written: summary, messages: [] };
  const lines = summary
    .slice(at)
    .split('\n\n')
    .filter((line) => line.startsWith('- '));
  return { written: summary.slice(0, at), messages: lines.flatMap(parse) };
};
