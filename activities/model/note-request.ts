import { unitsOf } from '../../contracts/context/measure.ts';
import type { Prefix } from '../../contracts/prefix.ts';
import type { PreviousRequest } from '../../store/requests.ts';
import type { Encoded } from './encode.ts';
import { chainOf } from './prefix.ts';
import { explainBreak, type Now } from './prefix-break.ts';
import { sentBytes } from './sent-bytes.ts';

type Options = Pick<Now, 'choices' | 'epochKind' | 'sent' | 'transcript' | 'count' | 'rate'> & {
  previous: Pick<PreviousRequest, 'messages' | 'prefix'> | null;
  /** Read only where the request breaks the prefix. */
  digests(): Promise<(string | null)[]>;
};

/** The length of a request, as it is measured before a provider counts it. */
export const measure = ({ head, messages, images }: Pick<Encoded, 'head' | 'messages' | 'images'>): number =>
  messages.reduce((sum, message, index) => sum + unitsOf(message) + (images[index] ?? 0), unitsOf(head));

/** What the span of a request says about its bytes. */
export const noteRequest = async (encoded: Encoded, { previous, digests, ...context }: Options) => {
  const chain = chainOf(encoded);
  const extended = !previous || chain.links[previous.messages] === previous.prefix.last;
  const broken = extended ? null : explainBreak(previous, await digests(), { ...context, encoded, chain });
  const from =
    previous && extended ? Math.min(Math.max(previous.messages - encoded.system, 0), chain.digests.length) : 0;
  const prefix: Prefix = {
    head: chain.head,
    last: chain.last,
    previous: previous?.prefix.last ?? null,
    extends: extended,
    parts: chain.parts,
    from,
    digests: chain.digests.slice(from),
    seq: context.transcript.at(-1)?.seq ?? 0,
    choices: context.choices,
    break: broken,
  };
  return {
    messages: encoded.messages.length,
    characters: encoded.messages.reduce((sum, { length }) => sum + length, encoded.head.length),
    units: Math.round(measure(encoded)),
    prefix,
    sent: sentBytes({ encoded, chunks: context.sent, prefix, previous: previous?.prefix ?? null }),
  };
};
