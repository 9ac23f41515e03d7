import type { Readable } from 'node:stream';
import { errorCodes } from 'fastify';

/** As it was sent. Throws when it is longer than `most` bytes. */
export const readBody = async (body: Readable, length: string | undefined, most: number): Promise<Buffer> => {
  if (Number(length ?? 0) > most) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
  const parts: Buffer[] = [];
  let read = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    read += part.length;
    if (read > most) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    parts.push(part);
  }
  return Buffer.concat(parts);
};
