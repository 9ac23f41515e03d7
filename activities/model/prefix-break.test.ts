import { describe, expect, it } from 'vitest';
import type { PlacedChunk } from '../../contracts/chunks.ts';
import type { Prefix, PrefixChoices } from '../../contracts/prefix.ts';
import { toRequest } from '../../contracts/request.ts';
import { encode } from './encode.ts';
import { measure, noteRequest } from './note-request.ts';

const text = (turn: number, step: number, said: string): Omit<PlacedChunk, 'seq'> => ({
  turn,
  step,
  ordinal: 0,
  body: { kind: 'text', role: step === 0 ? 'user' : 'assistant', text: said },
});
const log = (...chunks: Omit<PlacedChunk, 'seq'>[]): PlacedChunk[] =>
  chunks.map((chunk, index) => ({ ...chunk, seq: index + 1 }));

const first = log(text(1, 0, 'one'), text(1, 1, 'two'), text(2, 0, 'three'));
const grown = [
  ...first,
  ...log(text(2, 1, 'four'), text(3, 0, 'five')).map((chunk) => ({ ...chunk, seq: chunk.seq + 3 })),
];

type Given = {
  chunks?: PlacedChunk[];
  transcript?: PlacedChunk[];
  model?: string;
  tools?: string[];
  prompt?: string;
  choices?: Partial<PrefixChoices>;
  epochKind?: 'prune' | 'compact' | null;
};
const choices: PrefixChoices = {
  model: 'm1',
  agent: 'a',
  configuration: 'c',
  options: '',
  release: '1.0.0',
  tools: 'offered',
  epoch: 0,
};
const request = async (
  given: Given,
  before?: { given: Given; digests: (string | null)[]; changed?: Partial<Prefix> },
) => {
  const { chunks = first, model = 'm1', tools = ['a'], prompt = 'be brief' } = given;
  const encoded = encode({
    fields: { model, stream: true },
    tools: tools.map((name) => ({ type: 'function', function: { name, description: '', parameters: {} } })),
    messages: toRequest(prompt, chunks),
  });
  const earlier = before && (await request(before.given));
  const noted = await noteRequest(encoded, {
    previous: earlier ? { messages: earlier.messages, prefix: { ...earlier.prefix, ...before.changed } } : null,
    digests: async () => before?.digests ?? [],
    choices: { ...choices, model, ...given.choices },
    epochKind: given.epochKind ?? null,
    sent: chunks,
    transcript: given.transcript ?? chunks,
    count: (some) => toRequest('', some).length,
    rate: 2,
  });
  expect(noted.units).toBe(Math.round(measure(encoded)));
  return noted;
};
const following = async (given: Given, changed?: Partial<Prefix>) => {
  const { digests = [] } = (await request({})).prefix;
  return (await request(given, { given: {}, digests, ...(changed ? { changed } : {}) })).prefix;
};

describe('a request after another', () => {
  it('extends it, and keeps only the digests of what is new', async () => {
    const prefix = await following({ chunks: grown });
    expect(prefix).toMatchObject({ extends: true, break: null, from: 3, seq: 5 });
    expect(prefix.digests).toHaveLength(2);
  });

  const changed = grown.map((chunk) => (chunk.seq === 2 ? { ...chunk, ...text(1, 1, 'TWO') } : chunk));

  it('that changes a message breaks it at its chunk, which nobody has declared', async () => {
    const { extends: extended, break: broken, from } = await following({ chunks: changed });
    expect({ extended, from }).toEqual({ extended: false, from: 0 });
    expect(broken).toMatchObject({
      part: 'message',
      message: 1,
      chunk: { seq: 2, turn: 1, step: 1, ordinal: 0, kind: 'text' },
      reason: 'unknown',
      declared: false,
    });
    // Two messages were sent before: 'TWO' and 'three', at two tokens for a unit.
    const again = toRequest('', changed.slice(1, 3)).map((message) => JSON.stringify(message).length);
    expect(broken?.reread).toBe(Math.round((again.reduce((sum, length) => sum + length) / 4) * 2));
  });

  it('that leaves a message out breaks it there', async () => {
    const shorter = grown.filter(({ seq }) => seq !== 2);
    expect((await following({ chunks: shorter })).break).toMatchObject({
      message: 1,
      chunk: { seq: 3 },
      declared: false,
    });
  });

  it.each([
    ['prune', { chunks: changed, choices: { epoch: 1 }, epochKind: 'prune' as const }, 'message'],
    ['compact', { chunks: changed, choices: { epoch: 1 }, epochKind: 'compact' as const }, 'message'],
    ['model', { chunks: grown, model: 'm2' }, 'fields'],
    // Two models of everturn.yaml may have one name at their providers, and messages of another dialect.
    ['model', { chunks: changed, choices: { model: 'm2' } }, 'message'],
    ['agent', { chunks: grown, tools: ['a', 'b'], choices: { agent: 'b' } }, 'tools'],
    ['agent', { chunks: grown, prompt: 'be long', choices: { agent: 'b' } }, 'system'],
    ['configuration', { chunks: grown, tools: ['a', 'b'], choices: { configuration: 'd' } }, 'tools'],
    ['options', { chunks: changed, choices: { options: 'short ids' } }, 'message'],
    ['release', { chunks: changed, choices: { release: '1.0.1' } }, 'message'],
    ['step_limit', { chunks: grown, tools: [], choices: { tools: 'withheld' as const } }, 'tools'],
  ])('breaks it as declared by %s', async (reason, given, part) => {
    expect((await following(given)).break).toMatchObject({ reason, part, declared: true });
  });

  it.each([
    ['tools', { chunks: grown, tools: ['a', 'b'] }],
    ['system', { chunks: grown, prompt: 'be long' }],
  ])('that changes the %s by itself breaks it undeclared, and all is read again', async (part, given) => {
    const { break: broken } = await following(given);
    expect(broken).toMatchObject({ part, message: null, chunk: null, reason: 'unknown', declared: false });
    expect(broken?.reread).toBeGreaterThan(50);
  });

  it('is not excused by an epoch that the one before knew', async () => {
    const given = { chunks: changed, choices: { epoch: 1 }, epochKind: 'prune' as const };
    const { break: broken } = await following(given, { choices: { ...choices, epoch: 1 } });
    expect(broken).toMatchObject({ reason: 'unknown', declared: false });
  });

  it.each([
    ['an epoch', 'the tools', { chunks: grown, tools: ['b'], choices: { epoch: 1 }, epochKind: 'prune' as const }],
    ['another agent', 'a message', { chunks: changed, choices: { agent: 'b' } }],
    ['withheld tools', 'a message', { chunks: changed, choices: { tools: 'withheld' as const } }],
  ])('is not excused by %s where it changes %s', async (_reason, _part, given) => {
    expect((await following(given)).break).toMatchObject({ reason: 'unknown', declared: false });
  });

  it('may differ from one of a release that kept no choices', async () => {
    const { choices: _, ...old } = (await request({})).prefix;
    const { break: broken } = await request(
      { chunks: changed },
      { given: {}, digests: old.digests ?? [], changed: { ...old, choices: undefined } as Partial<Prefix> },
    ).then(({ prefix }) => prefix);
    expect(broken).toMatchObject({ reason: 'release', declared: true });
  });
});
