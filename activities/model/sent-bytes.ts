import type { PlacedChunk } from '../../contracts/chunks.ts';
import type { Prefix } from '../../contracts/prefix.ts';
import { patchOf, rebuilt, type SentBytes } from '../../contracts/sent-request.ts';
import type { Encoded } from './encode.ts';

type Options = {
  encoded: Pick<Encoded, 'head' | 'messages' | 'system'>;
  chunks: readonly PlacedChunk[];
  prefix: Pick<Prefix, 'head' | 'from'>;
  /** Of the request before. */
  previous: Pick<Prefix, 'head'> | null;
};

/** What of a request cannot be made again from the transcript. Messages before `from` are those of the request before. */
export const sentBytes = ({ encoded, chunks, prefix, previous }: Options): SentBytes => {
  const { head, messages, system } = encoded;
  const plain = rebuilt(chunks);
  const others: NonNullable<SentBytes['others']> = {};
  messages.slice(system).forEach((text, at) => {
    if (at < (prefix.from ?? 0)) return;
    const message = plain[at] && JSON.stringify(plain[at]);
    if (message !== text) others[at] = message === undefined ? text : patchOf(message, text);
  });
  return {
    ...(previous?.head === prefix.head ? {} : { head, system: messages.slice(0, system) }),
    ...(Object.keys(others).length > 0 ? { others } : {}),
  };
};
