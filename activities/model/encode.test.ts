import { describe, expect, it } from 'vitest';
import type { WireTool } from '../../contracts/request.ts';
import { bodyOf, encode } from './encode.ts';

const tool: WireTool = { type: 'function', function: { name: 'read_file', description: 'reads', parameters: {} } };
const fields = { model: 'm1', stream: true };
const system = { role: 'system', content: 'be brief' };
const user = { role: 'user', content: 'żółw "1",\n' };

describe('encode', () => {
  it('sends everything that is stable before the messages', () => {
    const encoded = encode({ fields, tools: [tool], messages: [system, user] });
    expect(Object.keys(JSON.parse(bodyOf(encoded)) as object)).toEqual(['model', 'tools', 'stream', 'messages']);
    expect(JSON.parse(bodyOf(encoded))).toEqual({ ...fields, tools: [tool], messages: [system, user] });
    expect(encoded.system).toBe(1);
    expect(encoded.head).toContain(encoded.tools);
  });

  it.each([
    ['without tools', { fields, tools: [], messages: [user] }, { ...fields, messages: [user] }],
    ['without messages', { fields, tools: [], messages: [] }, { ...fields, messages: [] }],
    [
      'with nothing but a model',
      { fields: { model: 'm' }, tools: [], messages: [user] },
      { model: 'm', messages: [user] },
    ],
  ])('is valid JSON %s', (_, input, body) => {
    expect(JSON.parse(bodyOf(encode(input)))).toEqual(body);
  });

  it.each(['messages', 'tools'])('refuses "%s" as a field', (name) => {
    const input = { fields: { ...fields, [name]: [] }, tools: [], messages: [user] };
    expect(() => encode(input)).toThrow(`Cannot send the body field "${name}"`);
  });

  it('extends the literal bytes of a request by those of the next, up to the closing', () => {
    const before = encode({ fields, tools: [tool], messages: [system, user] });
    const after = encode({ fields, tools: [tool], messages: [system, user, { role: 'assistant', content: 'a' }] });
    const bytes = bodyOf(before);
    expect(bodyOf(after).startsWith(bytes.slice(0, -before.tail.length))).toBe(true);
  });
});
