import { expect, test } from 'vitest';
import { parseChatLine } from './chat-line.ts';

test.each([
  ['  ', null],
  ['hello', { kind: 'message', text: 'hello' }],
  [' two words ', { kind: 'message', text: ' two words ' }],
  ['/quit', { kind: 'quit' }],
  ['/exit ', { kind: 'quit' }],
  ['/compact', { kind: 'compact', text: '' }],
  ['/compact the names', { kind: 'compact', text: 'the names' }],
  ['/attach a b.png', { kind: 'attach', text: 'a b.png' }],
  ['/context', { kind: 'context' }],
  ['/', { kind: 'unknown', text: '/' }],
  ['/halp', { kind: 'unknown', text: '/halp' }],
  ['/queue me a song', { kind: 'message', text: '/queue me a song' }],
  ['/etc/passwd', { kind: 'message', text: '/etc/passwd' }],
  ['/compaction is slow', { kind: 'message', text: '/compaction is slow' }],
])('%s', (line, parsed) => expect(parseChatLine(line)).toEqual(parsed));
