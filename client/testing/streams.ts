import { maxFollowed, placeOf } from '../../contracts/place.ts';
import type { Answer } from './server.ts';

/** Where each stream ends, and where its snapshot is. */
export type StreamsPlan = {
  streams: Record<string, { snapshot: number; end: number }>;
  /** Bytes after which each connection is cut in turn; none left: it stays open. */
  cuts: number[];
};

export type StreamsServed = { asked: string[][] };

const problem = (stream: string): string =>
  JSON.stringify({
    type: 'about:blank',
    title: 'No',
    status: 404,
    detail: `There is no ${stream}`,
    code: 'session_not_found',
    retryable: false,
  });

/** Answers `GET /api/events` with the streams that it is asked for, in turns, then cuts it where the plan says. */
export const answerStreams = (
  plan: StreamsPlan,
  served: StreamsServed,
  ...[request, response]: Parameters<Answer>
): void => {
  const asked = new URL(request.url ?? '', 'http://localhost').searchParams.getAll('follow').slice(0, maxFollowed);
  const cut = plan.cuts[served.asked.length];
  served.asked.push(asked);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const queues = asked.map((text, index) => {
    const { stream, after } = placeOf(text);
    const known = plan.streams[stream];
    const place = `event: place\ndata: ${index}\n\n`;
    if (!known) return [`${place}event: refused\ndata: ${problem(stream)}\n\n`];
    const { snapshot, end } = known;
    const first = after === undefined ? [`${place}id: ${snapshot}\nevent: snapshot\ndata: "${stream}"\n\n`] : [];
    const from = after ?? snapshot;
    const events = Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index + 1);
    return [...first, ...events.map((id) => `${place}id: ${id}\nevent: event\ndata: "${stream} ${id}"\n\n`)];
  });
  let text = ': hello\n\n';
  for (let round = 0; queues.some((queue) => round < queue.length); round += 1)
    text += queues.flatMap((queue) => queue[round] ?? []).join(': beat\n\n');
  const bytes = Buffer.from(text);
  if (cut === undefined) response.write(bytes);
  else response.write(bytes.subarray(0, cut), () => response.destroy());
};
