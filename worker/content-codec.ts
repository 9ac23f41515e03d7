import type { Payload, PayloadCodec } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { LRUCache } from 'lru-cache';
import { encodings, lostContent } from '../contracts/content.ts';
import type { Store } from '../store/store.ts';

/** Contents kept in memory, in bytes: replays read the same ones again. */
const capacity = 32_000_000;

const encodingOf = ({ metadata }: Payload): string => decode(metadata?.encoding ?? new Uint8Array());

/**
 * Stores what scripts and their activities exchange in Postgres: Temporal gets its SHA-256. A prompt would be
 * in the history otherwise, and sixty long ones would break the limit of one task.
 */
export const createContentCodec = (store: Store): PayloadCodec => {
  const cache = new LRUCache<string, Uint8Array>({
    maxSize: capacity,
    sizeCalculation: ({ byteLength }) => Math.max(1, byteLength),
  });

  const keep = async ({ metadata, data }: Payload): Promise<Payload> => {
    const run = metadata?.run ?? new Uint8Array();
    const value = data ?? new Uint8Array();
    const hash = await store.contents.put(decode(run), value);
    cache.set(`${decode(run)} ${hash}`, value);
    return { metadata: { encoding: encode(encodings.stored), run }, data: encode(hash) };
  };

  const fetched = async ({ metadata, data }: Payload): Promise<Payload> => {
    const run = decode(metadata?.run ?? new Uint8Array());
    const hash = decode(data ?? new Uint8Array());
    const key = `${run} ${hash}`;
    const value = cache.get(key) ?? (await store.contents.get(run, hash));
    if (!value) throw new Error(`The content ${hash} of run ${run} ${lostContent}`);
    cache.set(key, value);
    return { metadata: { encoding: encode(encodings.content) }, data: value };
  };

  const result = async ({ data }: Payload): Promise<Payload> => {
    const key = decode(data ?? new Uint8Array());
    const kept = cache.get(key);
    const value = kept ?? encode(JSON.stringify(await store.calls.result(key)));
    if (!kept) cache.set(key, value);
    return { metadata: { encoding: encode(encodings.content) }, data: value };
  };

  return {
    encode: async (payloads) =>
      await Promise.all(
        payloads.map((payload) => (encodingOf(payload) === encodings.content ? keep(payload) : payload)),
      ),
    decode: async (payloads) =>
      await Promise.all(
        payloads.map((payload) => {
          const encoding = encodingOf(payload);
          if (encoding === encodings.stored) return fetched(payload);
          return encoding === encodings.result ? result(payload) : payload;
        }),
      ),
  };
};
