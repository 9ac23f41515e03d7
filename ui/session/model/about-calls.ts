import type { Chunk } from '../../../contracts/chunks.ts';

/** What each tool call is about, in a line, by `<turn>/<step>/<call>`. */
export const aboutCalls = (
  chunks: readonly Chunk[],
  lineOf: (tool: string, text: string) => string,
): ReadonlyMap<string, string> => {
  const about = new Map<string, string>();
  const calls = new Map<string, number>();
  // A page may begin in the middle of a step, whose calls cannot be counted then.
  const first = chunks[0];
  const cut = first && first.ordinal > 0 ? `${first.turn}/${first.step}` : null;
  for (const { turn, step, body } of chunks) {
    const place = `${turn}/${step}`;
    if (body.kind !== 'tool_call' || place === cut) continue;
    const call = calls.get(place) ?? 0;
    calls.set(place, call + 1);
    about.set(`${place}/${call}`, lineOf(body.tool, body.arguments));
  }
  return about;
};
