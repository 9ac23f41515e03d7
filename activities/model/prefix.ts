import { digestOf, linkOf } from '../../store/request-hash.ts';
import type { Encoded } from './encode.ts';

/** What is kept of the bytes of a request, so that the next one can be compared with it. */
export type Chain = {
  /** Covers the body up to the messages, and the system prompt. */
  head: string;
  /** Covers the whole request. */
  last: string;
  /** `links[k]` covers the body up to the end of message k, counted from 1. */
  links: readonly string[];
  /** Of each part of the head on its own. */
  parts: { fields: string; tools: string; system: string };
  /** Of each message on its own, the system prompt apart. */
  digests: readonly string[];
};

/**
 * The chain of hashes over the literal bytes of a request: each link covers the one before it and the bytes of one more
 * message, so two requests share a prefix of k messages exactly when their links at k are equal.
 */
export const chainOf = ({ head, tools, messages, system }: Encoded): Chain => {
  const prompt = messages.slice(0, system);
  const links = [linkOf(head)];
  for (const message of messages) links.push(linkOf(links.at(-1) ?? '', message));
  return {
    head: links[system] ?? '',
    last: links.at(-1) ?? '',
    links,
    parts: {
      fields: digestOf(head.replace(`"tools":${tools},`, '')),
      tools: digestOf(tools),
      system: digestOf(prompt.join(',')),
    },
    digests: messages.slice(system).map(digestOf),
  };
};
