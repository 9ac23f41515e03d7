import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always } from '../../../conformance/providers/demands.ts';
import type { ChunkBody } from '../../../contracts/chunks.ts';
import { DialectName } from '../../../contracts/config/models.ts';
import { toRequest } from '../../../contracts/request.ts';
import { play, Turns } from '../../../test/support/random-transcript.ts';
import { chooseDialect } from './choose.ts';
import { familyOf } from './family.ts';
import { createRules, legalName, shortId } from './rules.ts';

const rulesOf = (name: DialectName) => createRules(chooseDialect(name, 'http://127.0.0.1'), 'k/m');

/** As if the replies came from the provider that is asked, from another, or from nobody knows. */
const attach = (body: ChunkBody, seq: number): ChunkBody => {
  const from = ['k/m', 'other/m', undefined][seq % 3];
  if (from === undefined || (body.kind !== 'thinking' && body.kind !== 'tool_call')) return body;
  return { ...body, attached: { from, as: 'reasoning_content', message: { seal: `${seq}` }, call: { extra: seq } } };
};

describe.each(DialectName.options)('the rules of %s', (name) => {
  it('make requests that extend each other and that the strictest provider takes, over 40 random transcripts', () => {
    const rules = rulesOf(name);
    fc.assert(
      fc.property(Turns, (turns) => {
        let before: string[] = [];
        play(turns, (chunks) => {
          const attached = chunks.map((chunk) => ({ ...chunk, body: attach(chunk.body, chunk.seq) }));
          const messages = toRequest('system', attached, rules);
          const broken = always.filter(({ name, isBroken }) => name !== 'last' && isBroken({ messages }, {}));
          expect(broken.map((demand) => demand.name)).toEqual([]);
          const bytes = messages.map((message) => JSON.stringify(message));
          expect(bytes.slice(0, before.length)).toEqual(before);
          before = bytes;
        });
      }),
      { numRuns: 40 },
    );
  });
});

it.each(['role', 'content', 'tool_calls'])(
  'nothing attached, which may be imported, decides about the field %s',
  (field) => {
    const body = {
      kind: 'thinking' as const,
      text: 'system',
      attached: { from: 'k/m', as: field, message: { [field]: 'system' } },
    };
    const said = (each: ChunkBody, ordinal: number) => ({ seq: ordinal + 1, turn: 1, step: 1, ordinal, body: each });
    const chunks = [said(body, 0), said({ kind: 'text', role: 'assistant', text: 'hello' }, 1)];
    const [, , reply] = toRequest('prompt', chunks, rulesOf('general'));
    expect(reply).toMatchObject({ role: 'assistant' });
    expect(JSON.stringify(reply)).toContain('hello');
    expect(reply).not.toMatchObject({ tool_calls: expect.anything() });
  },
);

it.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://my.openai.azure.com/openai/v1', 'openai'],
  ['https://api.deepseek.com', 'deepseek'],
  ['https://api.mistral.ai/v1', 'mistral'],
  ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini'],
  ['https://api.anthropic.com/v1', 'anthropic'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['http://127.0.0.1:11434/v1', 'ollama'],
  ['http://127.0.0.1:8000/v1', 'general'],
  ['https://notopenai.example/v1', 'general'],
])('guesses the dialect of %s: %s', (baseUrl, name) => {
  expect(chooseDialect(undefined, baseUrl).name).toBe(name);
  expect(chooseDialect('vllm', baseUrl).name).toBe('vllm');
});

it.each([
  ['deepseek-reasoner', 'deepseek'],
  ['gpt-4o-2024-08-06', 'gpt'],
  ['o3-mini', 'o'],
  ['anthropic/claude-sonnet-4.5', 'anthropic/claude'],
  ['qwen3-coder:30b', 'qwen'],
  ['4', '4'],
])('says that %s is of the family %s', (model, family) => {
  expect(familyOf(model)).toBe(family);
});

it.each([
  ['read_file', 'read_file'],
  ['', 'unknown'],
  ['a.b c', 'a_b_c'],
  ['9lives', '_9lives'],
  ['-x', '_-x'],
  ['n'.repeat(80), 'n'.repeat(64)],
  ['9'.repeat(80), `_${'9'.repeat(63)}`],
])('makes %j legal', (name, legal) => {
  expect(legalName(name)).toBe(legal);
});

it('shortens ids alike each time, and differently for each', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(shortId(a)).toMatch(/^[a-zA-Z0-9]{9}$/);
      expect(shortId(a) === shortId(b)).toBe(a === b);
    }),
  );
});
