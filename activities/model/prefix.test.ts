import { describe, expect, it } from 'vitest';
import type { WireMessage, WireTool } from '../../contracts/request.ts';
import { hashPrefixes } from './prefix.ts';

const tools: WireTool[] = [{ type: 'function', function: { name: 'read_file', description: 'reads', parameters: {} } }];
const messages: WireMessage[] = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
];

describe('hashPrefixes', () => {
  it('gives an extension the hash of what it extends at its length', () => {
    const before = hashPrefixes(messages.slice(0, 2), tools);
    const after = hashPrefixes(messages, tools, [2, 0, 1, 3, 4]);
    expect(after.at).toEqual([before.last, after.head, after.head, after.last, null]);
    expect(after.head).toBe(before.head);
    expect(after.last).not.toBe(before.last);
    expect(after.characters).toBeGreaterThan(before.characters);
  });

  it.each([
    ['a message', [...messages.slice(0, 1), { role: 'user', content: 'One' }] as WireMessage[], tools],
    ['the system prompt', [{ role: 'system', content: 'be long' }, ...messages.slice(1, 2)] as WireMessage[], tools],
    ['the tools', messages.slice(0, 2), []],
  ])('changes with %s', (_, changed, offered) => {
    const before = hashPrefixes(messages.slice(0, 2), tools).last;
    expect(hashPrefixes(changed, offered, [2]).at).not.toEqual([before]);
  });

  it('does not take a message that moved over a border for the same', () => {
    const joined = hashPrefixes([{ role: 'user', content: 'ab' }], []).last;
    expect(
      hashPrefixes(
        [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
        ],
        [],
      ).last,
    ).not.toBe(joined);
  });
});
