import { describe, expect, it } from 'vitest';
import type { WireMessage, WireTool } from '../../contracts/request.ts';
import { encode } from './encode.ts';
import { chainOf } from './prefix.ts';

const tools: WireTool[] = [
  { type: 'function', function: { name: 'read_file', description: 'reads $&', parameters: {} } },
];
const messages: WireMessage[] = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
];
const fields = { model: 'm1', stream: true };
type Changed = { fields?: typeof fields; tools?: WireTool[]; messages?: WireMessage[] };
const chain = (changed: Changed = {}) => chainOf(encode({ fields, tools, messages: messages.slice(0, 2), ...changed }));

describe('chainOf', () => {
  it('gives an extension the link of what it extends at its length', () => {
    const before = chain();
    const after = chain({ messages });
    expect(after.links[2]).toBe(before.last);
    expect(after.links[1]).toBe(after.head);
    expect(after.head).toBe(before.head);
    expect(after.last).not.toBe(before.last);
    expect(after.digests.slice(0, 1)).toEqual(before.digests);
  });

  it.each([
    ['a message', { messages: [...messages.slice(0, 1), { role: 'user', content: 'One' }] as WireMessage[] }, []],
    [
      'the system prompt',
      { messages: [{ role: 'system', content: 'be long' }, ...messages.slice(1, 2)] as WireMessage[] },
      ['system'],
    ],
    ['the tools', { tools: [] }, ['tools']],
    ['an option', { fields: { ...fields, stream: false } }, ['fields']],
  ])('changes with %s, and says which part it was', (_, changed, parts) => {
    const [before, after] = [chain(), chain(changed)];
    expect(after.links[2]).not.toBe(before.last);
    const differing = (['fields', 'tools', 'system'] as const).filter(
      (part) => after.parts[part] !== before.parts[part],
    );
    expect(differing).toEqual(parts);
  });

  it('does not take a message that moved over a border for the same', () => {
    const user = (content: string): WireMessage => ({ role: 'user', content });
    expect(chain({ messages: [user('a'), user('b')] }).last).not.toBe(chain({ messages: [user('ab')] }).last);
  });
});
