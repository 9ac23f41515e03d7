import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;
const blockBytes = 64 * 1024;

export type LineLimits = {
  /** The first line, from 1. */
  offset: number;
  lines: number;
  bytes: number;
  /** A longer line is cut. */
  lineBytes: number;
  /** Whether to go on to the file's end, to count its lines. */
  count: boolean;
  /** It looks at no more bytes of the file than these, which may have no end. */
  scanned: number;
};

export type LineWindow = {
  lines: string[];
  /** All lines of the file; undefined when its end was not reached. */
  total: number | undefined;
  binary: boolean;
};

type OpenLine = { parts: Buffer[]; kept: number; size: number };
const emptyLine = (): OpenLine => ({ parts: [], kept: 0, size: 0 });

const append = (line: OpenLine, part: Buffer, most: number): void => {
  const wanted = part.subarray(0, Math.max(0, most - line.kept));
  // A copy: the block it is a view of is read into again.
  if (wanted.length > 0) line.parts.push(Buffer.from(wanted));
  line.kept += wanted.length;
  line.size += part.length;
};

const toText = ({ parts, kept, size }: OpenLine): string => {
  const text = Buffer.concat(parts).toString('utf8');
  if (kept === size) return text.endsWith('\r') ? text.slice(0, -1) : text;
  return `${text.replace(/\uFFFD+$/, '')} … [line cut: ${size - kept} more bytes]`;
};

/**
 * Reads a window of lines block by block, whatever the size of the file: it keeps the window alone. `binary` when
 * the file's first block or the window holds a NUL byte.
 */
export const readLines = async (handle: FileHandle, limits: LineLimits, signal: AbortSignal): Promise<LineWindow> => {
  const block = Buffer.alloc(blockBytes);
  const lines: string[] = [];
  let number = 1;
  let bytes = 0;
  let line = emptyLine();
  let position = 0;
  const wanted = () => number >= limits.offset && lines.length < limits.lines && bytes < limits.bytes;
  const isFull = () => number >= limits.offset && !wanted();
  const close = () => {
    if (wanted()) {
      lines.push(toText(line));
      bytes += line.kept + 1;
    }
    number += 1;
    line = emptyLine();
  };
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(block, 0, blockBytes, position);
    if (bytesRead === 0) break;
    const data = block.subarray(0, bytesRead);
    if (position === 0 && data.includes(0)) return { lines: [], total: undefined, binary: true };
    position += bytesRead;
    for (let start = 0; start < data.length; ) {
      const end = data.indexOf(newline, start);
      const part = data.subarray(start, end < 0 ? undefined : end);
      if (wanted()) {
        if (part.includes(0)) return { lines: [], total: undefined, binary: true };
        append(line, part, limits.lineBytes);
      } else line.size += part.length;
      start += part.length + 1;
      if (end >= 0) close();
    }
    if ((isFull() && !limits.count) || position >= limits.scanned) return { lines, total: undefined, binary: false };
  }
  if (line.size > 0) close();
  return { lines, total: number - 1, binary: false };
};
