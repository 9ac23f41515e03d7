import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always } from '../../conformance/providers/demands.ts';
import type { ChunkBody, PlacedChunk } from '../../contracts/chunks.ts';
import { DialectName } from '../../contracts/config/models.ts';
import type { Epoch } from '../../contracts/context/epoch.ts';
import { project } from '../../contracts/context/project.ts';
import { stepsOf } from '../../contracts/context/steps.ts';
import type { PrefixChoices } from '../../contracts/prefix.ts';
import type { WireMessage, WireTool } from '../../contracts/request.ts';
import { play, Turns } from '../../test/support/random-transcript.ts';
import { createModelClient, type ModelClient } from './client.ts';
import { bodyOf, type Encoded } from './encode.ts';
import { messagesFor } from './messages-for.ts';
import { noteRequest } from './note-request.ts';

const clientOf = (dialect: DialectName): ModelClient =>
  createModelClient({ baseUrl: 'http://127.0.0.1:1', apiKey: null, key: 'k', model: 'm', dialect, timeoutMs: 1000 });

const ways = ['reasoning_content', 'content', '<think>', undefined];

/** As if replies came from the provider that is asked, from another, or from nobody knows; and the runtime had spoken up. */
const varied = (body: ChunkBody, seq: number): ChunkBody => {
  const from = ['k/m', 'other/m', undefined][seq % 3];
  if (body.kind === 'text' && body.role === 'user' && seq > 1 && seq % 5 === 0)
    return { kind: 'system', label: 'guard', text: body.text, isSaid: true };
  if (from === undefined || (body.kind !== 'thinking' && body.kind !== 'tool_call')) return body;
  const as = ways[seq % ways.length];
  const attached = { from, ...(as ? { as } : {}), message: { seal: `${seq}` }, call: { extra: seq } };
  return { ...body, attached };
};
const vary = (chunks: readonly PlacedChunk[]): PlacedChunk[] =>
  chunks.map((chunk) => ({ ...chunk, body: varied(chunk.body, chunk.seq) }));

const tools: WireTool[] = [{ type: 'function', function: { name: 't', description: 'd', parameters: {} } }];
const literal = (encoded: Encoded): string => bodyOf(encoded).slice(0, -encoded.tail.length);

/** An epoch wherever the plan says: `at` counts requests, `share` how much of what is sent it covers. */
const Plans = fc.array(
  fc.record({ at: fc.nat(12), kind: fc.constantFrom('prune' as const, 'compact' as const), share: fc.nat(100) }),
  {
    maxLength: 3,
  },
);
type InForce = Pick<Epoch, 'kind' | 'turn' | 'step' | 'summary' | 'failed'>;

const epochOf = (
  sent: readonly PlacedChunk[],
  { kind, share }: { kind: 'prune' | 'compact'; share: number },
): InForce[] => {
  const steps = stepsOf(sent).slice(0, -1);
  const last = steps[Math.floor((share / 101) * steps.length)];
  return last ? [{ kind, turn: last.turn, step: last.step, summary: `summary ${share}`, failed: null }] : [];
};

/** Plays a session; `mutate` stands for a defect between the transcript and the wire. */
const run = (
  model: ModelClient,
  turns: Parameters<typeof play>[0],
  plans: readonly { at: number; kind: 'prune' | 'compact'; share: number }[],
  mutate: (messages: WireMessage[], request: number) => WireMessage[] = (messages) => messages,
) => {
  const epochs: InForce[] = [];
  const breaks: { declared: boolean }[] = [];
  let before: string | null = null;
  let requests = 0;
  play(turns, (written) => {
    const chunks = vary(written);
    const made = plans.filter(({ at }) => at === requests).flatMap((plan) => epochOf(project(chunks, epochs), plan));
    epochs.push(...made);
    const messages = mutate(messagesFor(model, 'system', project(chunks, epochs)), requests);
    const encoded = model.encode({ messages, tools });
    if (before !== null && !literal(encoded).startsWith(before)) breaks.push({ declared: made.length > 0 });
    before = literal(encoded);
    requests += 1;
  });
  return { requests, breaks };
};

describe.each(DialectName.options)('requests in the dialect "%s"', (dialect) => {
  const model = clientOf(dialect);

  it('extend each other as literal bytes outside declared epochs, over 1,000 random transcripts', () => {
    let requests = 0;
    let declared = 0;
    fc.assert(
      fc.property(Turns, Plans, (turns, plans) => {
        const played = run(model, turns, plans);
        requests += played.requests;
        declared += played.breaks.filter((broken) => broken.declared).length;
        expect(played.breaks.filter((broken) => !broken.declared)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(requests).toBeGreaterThan(3000);
    expect(declared).toBeGreaterThan(100);
  });

  it.each<[string, (messages: WireMessage[], request: number) => WireMessage[]]>([
    [
      'a clock in the system prompt',
      ([first, ...rest], request) => (first ? [{ ...first, content: `${request}` } as WireMessage, ...rest] : []),
    ],
    ['a reminder that is only in the last request', (messages) => [...messages, { role: 'user', content: 'be quick' }]],
    [
      'keys in another order',
      (messages, request) =>
        request % 2
          ? messages.map((each) => Object.fromEntries(Object.entries(each).toReversed()) as WireMessage)
          : messages,
    ],
  ])('are caught where %s breaks them', (_name, mutate) => {
    const found = fc.check(
      fc.property(Turns, (turns) => run(model, turns, [], mutate).breaks.length === 0),
      { numRuns: 200 },
    );
    expect(found.failed).toBe(true);
  });

  it('are taken by the strictest provider, whatever was left out or summarised', () => {
    fc.assert(
      fc.property(Turns, Plans, (turns, plans) => {
        const epochs: InForce[] = [];
        let requests = 0;
        play(turns, (written) => {
          const chunks = vary(written);
          epochs.push(
            ...plans.filter(({ at }) => at === requests).flatMap((plan) => epochOf(project(chunks, epochs), plan)),
          );
          requests += 1;
          const messages = messagesFor(model, 'system', project(chunks, epochs));
          const broken = always.filter(({ name, isBroken }) => name !== 'last' && isBroken({ messages }, {}));
          expect(broken.map(({ name }) => name)).toEqual([]);
        });
      }),
      { numRuns: 100 },
    );
  });
});

const choices: PrefixChoices = {
  model: 'm',
  agent: '',
  configuration: '',
  options: '',
  release: '1',
  tools: 'offered',
  epoch: 0,
};

it('a break that a request notes is the one that its literal bytes have', async () => {
  const model = clientOf('general');
  await fc.assert(
    fc.asyncProperty(Turns, fc.nat(10), async (turns, at) => {
      const seen: { chunks: PlacedChunk[]; encoded: Encoded }[] = [];
      play(turns, (chunks) => {
        const messages = messagesFor(model, 'system', chunks).map((message, index) =>
          index === 1 && seen.length > at ? ({ ...message, content: `${message.content}!` } as WireMessage) : message,
        );
        seen.push({ chunks: [...chunks], encoded: model.encode({ tools, messages }) });
      });
      let previous: Parameters<typeof noteRequest>[1]['previous'] = null;
      let digests: string[] = [];
      for (const [index, { chunks, encoded }] of seen.entries()) {
        const before = seen[index - 1];
        const noted = await noteRequest(encoded, {
          previous,
          digests: async () => digests,
          choices,
          epochKind: null,
          sent: chunks,
          transcript: chunks,
          count: (some) => messagesFor(model, '', some).length,
          rate: 1,
        });
        const extended = !before || literal(encoded).startsWith(literal(before.encoded));
        expect(noted.prefix.extends).toBe(extended);
        if (!extended) expect(noted.prefix.break).toMatchObject({ message: 0, chunk: { seq: 1 }, declared: false });
        const { from = 0, digests: added = [] } = noted.prefix;
        digests = [...digests.slice(0, from), ...added];
        previous = { messages: noted.messages, prefix: noted.prefix };
      }
    }),
    { numRuns: 200 },
  );
});
