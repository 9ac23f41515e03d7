import { describe, expect, test } from 'vitest';
import type { ChunkBody } from '../../contracts/chunks.ts';
import type { FinishReason } from '../model/finish.ts';
import { endOfReply } from './ends.ts';

const text = (words: string): ChunkBody => ({ kind: 'text', role: 'assistant', text: words });
const thinking: ChunkBody = { kind: 'thinking', text: 'long thoughts' };
const call = (given: string): ChunkBody => ({ kind: 'tool_call', callId: given, tool: 'write_file', arguments: given });
const whole = call('{"path":"a"}');
const half = call('{"path":"a","content":"The lo');

const of = { model: 'm', isAttended: true, isLast: false, stepsPerTurn: 7 };
const end = (finishReason: FinishReason, bodies: ChunkBody[], changes: Partial<typeof of> = {}) => {
  const { bodies: kept, after, how } = endOfReply({ bodies, finishReason }, { ...of, ...changes });
  const cut = kept.flatMap((body) => (body.kind === 'tool_call' ? [body.isWhole !== false] : []));
  return {
    how: typeof how === 'string' ? how : how.failed,
    code: after[0]?.code,
    calls: cut,
    kinds: kept.map(({ kind }) => kind),
    text: after[0]?.text,
  };
};

describe('a reply is whole', () => {
  test.each<[FinishReason, ChunkBody[], string]>([
    ['stop', [text('Done.')], 'completed'],
    ['stop', [thinking, text('Done.')], 'completed'],
    ['tool_calls', [whole], 'calls'],
    // Gateways say this with calls as well.
    ['stop', [text('Done.'), whole], 'calls'],
    ['other', [text('Done.')], 'completed'],
    // What is wrong with its arguments is for the model to read.
    ['tool_calls', [call('{"path": a}')], 'calls'],
    ['tool_calls', [call('{"path":"a"}}')], 'calls'],
    ['tool_calls', [call('')], 'calls'],
    // Some servers say this without any.
    ['tool_calls', [text('Done.')], 'completed'],
  ])('%s %j', (finish, bodies, how) => expect(end(finish, bodies)).toMatchObject({ how, code: undefined }));
});

describe('a reply that was cut off', () => {
  test('ends the turn of a person with what there is, and says how to have the rest', () => {
    const cut = end('length', [thinking, text('The lock is tak')]);
    expect(cut).toMatchObject({ how: 'model_reply_cut', code: 'model_reply_cut', kinds: ['thinking', 'text'] });
    expect(cut.text).toMatch(
      /^The reply was cut off: the model "m" reached the limit of its tokens\..*Send "continue"/,
    );
    expect(end('length', [thinking]).text).toMatch(/before any of it was written/);
    expect(end('length', []).how).toBe('model_reply_cut');
  });

  test('goes on where a program reads it', () => {
    expect(end('length', [text('The lock is tak')], { isAttended: false })).toMatchObject({
      how: 'again',
      code: 'model_reply_cut',
    });
  });

  test('runs the calls that were whole, and not the one that was not', () => {
    expect(end('length', [text('I write.'), whole, half])).toMatchObject({
      how: 'calls',
      calls: [true, false],
      code: 'model_reply_cut',
    });
    expect(end('length', [call('')])).toMatchObject({ how: 'calls', calls: [false] });
    expect(end('length', [whole])).toMatchObject({ how: 'calls', calls: [true] });
    // Some servers do not say that they cut it.
    expect(end('tool_calls', [whole, half])).toMatchObject({ calls: [true, false], code: 'model_reply_cut' });
    expect(end('stop', [call('{"a":["x","{}\\"]}"')])).toMatchObject({ calls: [false], code: 'model_reply_cut' });
    expect(end('tool_calls', [{ ...whole, isWhole: false } as ChunkBody])).toMatchObject({
      how: 'calls',
      calls: [false],
      code: 'model_reply_cut',
    });
  });
});

describe('a reply that was refused', () => {
  test.each(['content_filter', 'refusal'] as const)('%s: keeps what was said, runs nothing, and says so', (finish) => {
    const refused = end(finish, [text('I can'), whole, half], { isAttended: false });
    expect(refused).toMatchObject({ how: 'model_refused_content', code: 'model_refused_content', kinds: ['text'] });
    expect(refused.text).toContain(`"${finish}"`);
    expect(refused.text).toContain('The 2 calls that came with it were not run.');
    expect(end(finish, []).how).toBe('model_refused_content');
  });
});

test.each([[[]], [[thinking]], [[text(' \n')]]])('a reply of nothing is no success: %j', (bodies) => {
  expect(end('stop', bodies)).toMatchObject({ how: 'again', code: 'model_reply_empty' });
});

describe('the summary of a turn that has used its steps', () => {
  test('ends it, and calls in it do not run', () => {
    const last = end('tool_calls', [text('Half is done.'), whole], { isLast: true });
    expect(last).toMatchObject({ how: 'step_limit', code: 'step_limit', kinds: ['text'] });
    expect(last.text).toMatch(/7 steps \(limits\.stepsPerTurn\).*was not run.*Send "continue"/);
    expect(end('length', [text('Half')], { isLast: true }).how).toBe('step_limit');
  });

  test('is asked for again where nothing was said', () => {
    expect(end('tool_calls', [whole], { isLast: true })).toMatchObject({ how: 'again', kinds: [] });
  });
});
