import { serverLimits } from './limits.ts';

const lineFeed = 10;

/** Cuts a stream into its lines. Throws when one is longer than a message may be. */
export const createLines = (most: number = serverLimits.messageBytes) => {
  let parts: Buffer[] = [];
  let size = 0;

  const keep = (part: Buffer): void => {
    size += part.length;
    if (size > most) throw new Error(`it sent a message of more than ${most / 1_000_000} MB`);
    parts.push(part);
  };

  return (chunk: Buffer): string[] => {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, end));
      lines.push((parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString('utf8').trimEnd());
      parts = [];
      size = 0;
      from = end + 1;
    }
    if (from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
    return lines;
  };
};
