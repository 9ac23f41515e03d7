import { describe, expect, test } from 'vitest';
import { type Content, kindOf } from './kind-of.ts';
import { pdfOf, plain } from './testing/pictures.ts';

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const why = (bytes: Buffer): string => {
  const found = kindOf(bytes);
  return found.kind === 'refused' ? found.why : found.kind;
};
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('content decides', () => {
  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('%s', async (format) => {
    expect(kindOf(await plain({ width: 4, height: 4 }).toFormat(format).toBuffer())).toEqual({ kind: 'image', format });
  });

  test.each<[string, Buffer, Content]>([
    ['a PDF', pdfOf('Hello'), { kind: 'pdf' }],
    ['a PDF after some bytes', Buffer.concat([Buffer.from('\n\n'), pdfOf('Hello')]), { kind: 'pdf' }],
    ['text', Buffer.from('Größe: 4 ✓'), { kind: 'text', encoding: 'utf-8' }],
    ['text with a mark', Buffer.from('\ufeffHello'), { kind: 'text', encoding: 'utf-8' }],
    ['UTF-16', Buffer.from('\ufeffHello', 'utf16le'), { kind: 'text', encoding: 'utf-16le' }],
    ['a page, which is text', Buffer.from('<!doctype html><p>Hello'), { kind: 'text', encoding: 'utf-8' }],
  ])('%s', (_what, bytes, content) => {
    expect(kindOf(bytes)).toEqual(content);
  });

  test.each([
    ['an SVG', svg],
    [
      'an SVG behind a declaration, a comment and a type',
      `\ufeff<?xml version="1.0"?>\n<!-- a > b --><!DOCTYPE svg>${svg}`,
    ],
    ['an SVG with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
    ['an SVG after blank lines', `\n\n\t ${svg}`],
  ])('%s is refused', (_what, text) => {
    expect(why(Buffer.from(text))).toMatch(/^it is an SVG, which can hold scripts\. Attach it as a png image/);
  });

  test.each([
    ['nothing', latin(''), 'it is empty'],
    ['HEIC', latin('\0\0\0\x18ftypheic\0\0\0\0'), 'it is a HEIC image.'],
    ['AVIF', latin('\0\0\0\x18ftypavif\0\0\0\0'), 'it is an AVIF image.'],
    ['a video', latin('\0\0\0\x18ftypisom\0\0\0\0'), 'it is a video or audio file.'],
    ['TIFF', latin('II*\0abcdefgh'), 'it is a TIFF image.'],
    ['Office', latin('PK\x03\x04abcdefgh'), 'it is a ZIP archive, as Office documents are.'],
    ['a program', latin('\x7fELFabcdefgh'), 'it is a program.'],
    ['bytes', latin('\x01\x02\0\xff\xfe\x80abc'), 'its content is of no known kind.'],
    ['broken UTF-8', latin('abc\xff\xfe'), 'its content is of no known kind.'],
  ])('%s is refused by its name', (_what, bytes, begin) => {
    expect(why(bytes)).toContain(begin);
  });
});
