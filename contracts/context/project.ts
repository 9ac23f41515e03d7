import type { PlacedChunk, ToolResultBody } from '../chunks.ts';
import { type Epoch, isAfter } from './epoch.ts';

type InForce = Pick<Epoch, 'kind' | 'turn' | 'step' | 'summary' | 'failed'>;

/** A shorter result is not worth a break of the prefix. */
const longResult = 400;

const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

const lengthOf = ({ text, images = [] }: Pick<ToolResultBody, 'text' | 'images'>): string =>
  images.length > 0
    ? `${images.length} image${images.length > 1 ? 's' : ''}, ${count(text.length)} characters`
    : `${count(text.length)} characters`;

/** What is sent in place of a result that was left out. */
export const clearedText = (result: Pick<ToolResultBody, 'tool' | 'text' | 'images'>): string =>
  `[The result of ${result.tool} (${lengthOf(result)}) was removed to fit the context window. If you still need it, call the tool again, for a smaller part where it can give one.]`;

/** A result that is long enough to be left out; null for any other chunk. */
export const longResultOf = ({ body }: PlacedChunk): ToolResultBody | null =>
  body.kind === 'tool_result' && (body.text.length > longResult || body.images) ? body : null;

const clear = (chunk: PlacedChunk): PlacedChunk => {
  const result = longResultOf(chunk);
  if (!result) return chunk;
  const { images: _left, ...rest } = result;
  return { ...chunk, body: { ...rest, text: clearedText(result) } };
};

const opening =
  'The conversation so far became too long for the context window. This summary replaces all of it; continue from here.';

/** Replaces everything up to the anchor. `seq` 0: it is in no transcript. */
const summaryOf = ({ turn, step, summary }: InForce): PlacedChunk => ({
  seq: 0,
  turn,
  step,
  ordinal: 0,
  body: { kind: 'text', role: 'user', text: `${opening}\n\n${summary ?? ''}` },
});

/**
 * The chunks of which a request is made: a function of the transcript and the epochs in force, the same on every worker.
 * Steps are cut as wholes, so a result never stays without its call.
 */
export const project = (transcript: readonly PlacedChunk[], epochs: readonly InForce[]): readonly PlacedChunk[] => {
  const inForce = epochs.filter(({ failed }) => failed === null);
  const compact = inForce.findLast(({ kind }) => kind === 'compact');
  const prunes = inForce.filter(({ kind }) => kind === 'prune');
  if (!compact && prunes.length === 0) return transcript;
  const kept = compact ? transcript.filter((chunk) => isAfter(chunk, compact)) : transcript;
  const pruned = kept.map((chunk) => (prunes.some((prune) => !isAfter(chunk, prune)) ? clear(chunk) : chunk));
  return compact ? [summaryOf(compact), ...pruned] : pruned;
};
