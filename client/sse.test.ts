import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSseParser, readSse, type SseMessage } from './sse.ts';

const parse = (...pieces: string[]): SseMessage[] => {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

const collect = async (bytes: Uint8Array, cuts: number[]): Promise<SseMessage[]> => {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [index, end] of borders.slice(1).entries()) controller.enqueue(bytes.slice(borders[index], end));
      controller.close();
    },
  });
  const messages: SseMessage[] = [];
  for await (const message of readSse(stream)) messages.push(message);
  return messages;
};

describe('the event stream format', () => {
  test('joins data lines, takes one space off, ignores comments and unknown fields', () => {
    expect(parse(': hello\nevent: a\ndata: one\ndata:  two\ndata\nfoo: bar\nid: 7\n\n')).toEqual([
      { event: 'a', data: 'one\n two\n', id: '7' },
    ]);
  });

  test('takes CR, LF and CRLF, also when CRLF is cut between two pieces', () => {
    expect(parse('data: a\r', '\ndata: b\r\n', '\r', '\n', 'data: c\r\rdata: d\n\n')).toEqual([
      { event: 'message', data: 'a\nb', id: '' },
      { event: 'message', data: 'c', id: '' },
      { event: 'message', data: 'd', id: '' },
    ]);
  });

  test('keeps the id for later messages, also from a message without data; an id with NUL changes nothing', () => {
    expect(parse('id: 1\n\ndata: a\n\nid: 2\0\ndata: b\n\nid\ndata: c\n\n').map(({ id }) => id)).toEqual([
      '1',
      '1',
      '',
    ]);
  });

  test('the name of an event lasts for one message', () => {
    expect(parse('event: x\n\ndata: a\n\n')[0]?.event).toBe('message');
  });

  test('reads retry only as digits', () => {
    const parser = createSseParser();
    parser.push('retry: 1x\n');
    expect(parser.retry).toBeUndefined();
    parser.push('retry: 150\n');
    expect(parser.retry).toBe(150);
  });

  test('a byte order mark is skipped and an unfinished message at the end is dropped', async () => {
    const bytes = new TextEncoder().encode('\uFEFFdata: a\n\nid: 9\ndata: cut');
    expect(await collect(bytes, [1, 2, 5])).toEqual([{ event: 'message', data: 'a', id: '' }]);
  });

  test('any cut of the bytes gives the same messages', async () => {
    const message = fc.record({
      data: fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '𝄞', '\n', '"') }),
      id: fc.nat(),
      end: fc.constantFrom('\n', '\r', '\r\n'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(message), fc.array(fc.nat(), { maxLength: 20 }), async (messages, cuts) => {
        const text = messages
          .map(({ data, id, end }) =>
            [`: beat`, `id: ${id}`, ...data.split('\n').map((line) => `data: ${line}`), '', ''].join(end),
          )
          .join('');
        const expected = messages.map(({ data, id }) => ({ event: 'message', data, id: String(id) }));
        expect(await collect(new TextEncoder().encode(text), cuts)).toEqual(expected);
      }),
    );
  });

  test('one line of 20 MB in pieces of 16 KB is read in linear time', () => {
    const parser = createSseParser();
    parser.push('data: ');
    for (let piece = 0; piece < 1250; piece += 1) parser.push('x'.repeat(16_384));
    expect(parser.push('\n\n')[0]?.data.length).toBe(1250 * 16_384);
  });
});
