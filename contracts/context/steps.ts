import type { ChunkBody, PlacedChunk } from '../chunks.ts';
import { fileText, imageTokens, sentSize } from '../image-parts.ts';
import type { StepPlace } from './epoch.ts';
import { unitsOf } from './measure.ts';
import { clearedText, longResultOf } from './project.ts';

/** Of names, quotes and ids around what is said. */
const frame = 15;

const saidIn = (body: ChunkBody): string | null => {
  if (body.kind === 'text' || body.kind === 'tool_result') return body.text;
  if (body.kind === 'tool_call') return `${body.tool}${body.arguments}`;
  if (body.kind === 'file') return fileText(body);
  if (body.kind === 'system') return body.isSaid ? body.text : null;
  // Only its own provider sees thinking again, and that is the one that is asked as a rule.
  return body.kind === 'thinking' && body.attached?.as !== undefined ? body.text : null;
};

const attachedUnits = (body: ChunkBody): number => {
  const { message, call } = ('attached' in body ? body.attached : undefined) ?? {};
  return message || call ? unitsOf(JSON.stringify([message, call])) : 0;
};

const imageUnits = (body: ChunkBody): number => {
  const images = body.kind === 'image' ? [body] : body.kind === 'tool_result' ? (body.images ?? []) : [];
  return images.reduce((sum, image) => sum + imageTokens(sentSize(image)) + frame, 0);
};

/** The length of a chunk in a request. What is not sent has none. */
export const chunkUnits = ({ body }: PlacedChunk): number => {
  const text = saidIn(body);
  const said = text === null ? 0 : unitsOf(JSON.stringify(text)) + frame + attachedUnits(body);
  return said + imageUnits(body);
};

/** What leaving a result out saves. */
const savedBy = (chunk: PlacedChunk): number => {
  const result = longResultOf(chunk);
  return result ? Math.max(0, chunkUnits(chunk) - unitsOf(clearedText(result)) - frame) : 0;
};

/** A step of what is sent: its length, and what leaving out its results saves. */
export type StepLength = StepPlace & { units: number; saved: number };

/** In the order in which they are sent, without the summary of what came before. */
export const stepsOf = (sent: readonly PlacedChunk[]): StepLength[] => {
  const steps = new Map<string, StepLength>();
  for (const chunk of sent) {
    const units = chunkUnits(chunk);
    if (units === 0 || chunk.seq === 0) continue;
    const key = `${chunk.turn}/${chunk.step}`;
    const step = steps.get(key) ?? { turn: chunk.turn, step: chunk.step, units: 0, saved: 0 };
    steps.set(key, { ...step, units: step.units + units, saved: step.saved + savedBy(chunk) });
  }
  return [...steps.values()];
};
