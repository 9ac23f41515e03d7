import { createModelClient, type ModelReply } from '../../activities/model/client.ts';
import type { ChunkBody, PlacedChunk } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { toRequest } from '../../contracts/request.ts';
import { imitate, type Received } from './imitation.ts';
import type { Row } from './row.ts';
import { look, result, user } from './words.ts';

/** What came of a row. */
export type Outcome = {
  received: readonly Received[];
  /** What the replies brought into the transcript. */
  said: readonly ChunkBody[];
  replies: readonly ModelReply[];
  error: EverturnError | null;
  /** Requests that were accepted, and do not extend the one before. */
  broken: readonly number[];
};

/** A turn ends in a row after so many requests. */
const maxSteps = 6;

const messagesOf = ({ asked }: Received): string[] => asked.messages.map((message) => JSON.stringify(message));

const breaksIn = (received: readonly Received[]): number[] => {
  const accepted = received.filter(({ refused }) => refused === null).map(messagesOf);
  return accepted.flatMap((messages, index) => {
    const before = accepted[index - 1];
    return before && JSON.stringify(messages.slice(0, before.length)) !== JSON.stringify(before) ? [index] : [];
  });
};

/** Plays a row through the client and the mapping of transcripts that workers use. */
export const runRow = async (row: Row): Promise<Outcome> => {
  const provider = await imitate(row);
  const client = createModelClient({
    baseUrl: provider.url,
    apiKey: 'sk-probe',
    key: 'probe',
    model: row.model ?? 'probe-1',
    dialect: row.dialect,
    timeoutMs: 5000,
    ...row.client,
  });
  const chunks: PlacedChunk[] = [];
  const said: ChunkBody[] = [];
  const replies: ModelReply[] = [];
  let error: EverturnError | null = null;
  const write = (turn: number, step: number, bodies: readonly ChunkBody[]): void => {
    for (const body of bodies) chunks.push({ seq: chunks.length + 1, turn, step, ordinal: chunks.length, body });
  };

  const ask = (turn: number, step: number): Promise<ModelReply> =>
    client.stream({
      messages: toRequest(row.system ?? '', chunks, client.rules),
      tools: row.tools ?? [look],
      signal: new AbortController().signal,
      effort: row.effort,
      callIdPrefix: `call_${turn}_${step}`,
      onDelta: () => {},
    });

  const play = async (turn: number, first: number): Promise<void> => {
    for (let step = first; step < first + maxSteps; step++) {
      const reply = await ask(turn, step);
      replies.push(reply);
      said.push(...reply.bodies);
      write(turn, step, reply.bodies);
      const calls = reply.bodies.filter((body) => body.kind === 'tool_call');
      write(
        turn,
        step,
        calls.map(({ callId }) => result(callId, 'ok')),
      );
      if (calls.length === 0) return;
    }
  };

  try {
    const history = row.history ?? [[[user('go')]]];
    history.forEach((turn, index) => {
      turn.forEach((bodies, step) => {
        write(index + 1, step, bodies);
      });
    });
    const turns = [history.length, ...(row.later ?? []).map((_, index) => history.length + index + 1)];
    for (const [index, turn] of turns.entries()) {
      const isFirst = index === 0;
      if (!isFirst) write(turn, 0, [user(row.later?.[index - 1] ?? '')]);
      error = null;
      await play(turn, isFirst ? (history.at(-1)?.length ?? 1) : 1).catch((failure: unknown) => {
        if (!(failure instanceof EverturnError)) throw failure;
        error = failure;
        write(turn, 1, [{ kind: 'error', code: failure.code, message: failure.message }]);
      });
    }
  } finally {
    await provider.close();
  }
  return { received: provider.received, said, replies, error, broken: breaksIn(provider.received) };
};
