import type { PlacedChunk } from '../../contracts/chunks.ts';
import { chunkUnits } from '../../contracts/context/steps.ts';
import { EverturnError } from '../../contracts/errors.ts';

const nameOf = ({ seq, turn, body }: PlacedChunk): string => {
  if (seq === 0) return 'the summary of the earlier conversation';
  const where = `of turn ${turn} (chunk ${seq})`;
  if (body.kind === 'tool_result') return `the result of ${body.tool} ${where}`;
  if (body.kind === 'tool_call') return `the call of ${body.tool} ${where}`;
  return body.kind === 'text' && body.role === 'user' ? `the message ${where}` : `the reply ${where}`;
};

type Options = { sent: readonly PlacedChunk[]; units: number; rate: number; room: number; model: string };

const words = (tokens: number): string => Math.round(tokens).toLocaleString('en');

/** What cannot be sent, whatever is left out before it. */
export const tooLong = ({ sent, units, rate, room, model }: Options): EverturnError => {
  const longest = sent.reduce<PlacedChunk | null>(
    (found, chunk) => (found && chunkUnits(found) >= chunkUnits(chunk) ? found : chunk),
    null,
  );
  const fixed = Math.max(0, units - sent.reduce((sum, chunk) => sum + chunkUnits(chunk), 0));
  const length = longest ? chunkUnits(longest) : 0;
  const what =
    longest && length > fixed
      ? `the longest part is ${nameOf(longest)}, about ${words(length * rate)} tokens`
      : `the longest part is the system prompt with the tools, about ${words(fixed * rate)} tokens`;
  return new EverturnError(
    'model_overflow',
    `Cannot ask the model "${model}": the request has about ${words(units * rate)} tokens and its context window has room for ${words(room)}; ${what}. Send less at once, or choose a model with a larger window in everturn.yaml`,
    {
      details: {
        kind: 'overflow',
        tokens: Math.round(units * rate),
        room: Math.round(room),
        chunk: longest?.seq ?? null,
      },
    },
  );
};
