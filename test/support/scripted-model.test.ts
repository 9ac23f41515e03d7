import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScriptedModel, type ScriptedModel } from './scripted-model.ts';

let model: ScriptedModel;
beforeEach(async () => {
  model = await createScriptedModel();
});
afterEach(() => model.close());

const post = async (...contents: string[]) => {
  const messages = contents.map((content) => ({ role: 'user', content }));
  const body = JSON.stringify({ model: 'm', messages, stream: true });
  const response = await fetch(`${model.url}/chat/completions`, { method: 'POST', body });
  return { status: response.status, text: await response.text() };
};

describe('the scripted model', () => {
  it('is content when every step was asked for', async () => {
    model.script([
      { reply: { text: 'one' } },
      { expect: { last: { content: 'more' }, messages: 2, tools: [] }, reply: { text: 'two' } },
    ]);
    expect((await post('hi')).text).toContain('one');
    expect((await post('hi', 'some more')).text).toContain('two');
    expect(model.requests('').map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
    model.assertDone();
  });

  it('fails a request beyond the end of the script', async () => {
    model.script([{}]);
    await post('hi');
    expect(await post('hi')).toMatchObject({ status: 400, text: expect.stringContaining('one more request') });
    expect(() => model.assertDone()).toThrow('has 1 steps; one more request came');
  });

  it('fails a request that is not as expected, and names the step that stays unused', async () => {
    model.script([{ expect: { last: { role: 'tool' } } }]);
    expect(await post('hi')).toMatchObject({
      status: 400,
      text: expect.stringContaining('role tool expected, not user'),
    });
    expect(() => model.assertDone()).toThrow(/role tool expected[\s\S]*asked for 0 of 1 times/);
  });

  it('fails a request that belongs to no script', async () => {
    model.script([{}], 'key-a');
    expect((await post('hello')).status).toBe(400);
    expect(() => model.assertDone()).toThrow('no script has a key');
  });

  it('keeps conversations apart by the key in their first message', async () => {
    model.script([{ reply: { text: 'for-a' } }], 'key-a');
    model.script([{ reply: { text: 'for-b' } }], 'key-b');
    expect((await post('about key-b', 'key-a')).text).toContain('for-b');
    expect((await post('about key-a')).text).toContain('for-a');
    expect(model.requests('key-a')).toHaveLength(1);
    model.assertDone();
  });

  it('answers the very same request as often as the step says, and no other one in between', async () => {
    model.script([{ times: 2, reply: { text: 'same' } }, { times: { min: 1, max: 2 } }, {}]);
    await post('a');
    expect(() => model.assertDone()).toThrow('asked for 1 of 2 times');
    expect((await post('b')).text).toContain('expects the same request 2 times');
    expect((await post('a')).text).toContain('same');
    for (const content of ['c', 'd']) expect((await post(content)).status).toBe(200);
    expect(model.failures).toHaveLength(1);
  });

  it('holds a stream at its gate until the test opens it', async () => {
    model.script([{ reply: { text: 'one two' }, pauseAfter: { pieces: 1, gate: 'middle' } }]);
    const answer = post('hi');
    await model.reached('middle');
    expect(model.requests()[0]).toMatchObject({ outcome: 'running', firstPieceAt: expect.any(Number) });
    model.open('middle');
    expect((await answer).text).toContain('two');
  });
});
