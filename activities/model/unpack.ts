import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = constants;
/** Passes on at once what has come. The parser of the reply reports a missing end. */
const deflated = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };

const unpackers: Record<string, () => Transform> = {
  gzip: () => createGunzip(deflated),
  'x-gzip': () => createGunzip(deflated),
  deflate: () => createInflate(deflated),
  br: () => createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ flush: ZSTD_e_flush, finishFlush: ZSTD_e_flush }),
};

/** The body of an answer. We ask for none that is packed, but some gateways pack all. */
export const unpack = (answer: IncomingMessage): Readable => {
  const encodings = (answer.headers['content-encoding'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  return encodings.reduceRight<Readable>((body, encoding) => {
    const unpacker = unpackers[encoding]?.();
    // Its reader learns of errors by itself.
    return unpacker ? pipeline(body, unpacker, () => {}) : body;
  }, answer);
};
