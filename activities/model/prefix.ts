import { hash } from 'node:crypto';
import type { WireMessage, WireTool } from '../../contracts/request.ts';

export type PrefixHashes = {
  /** Covers the tools and the system prompt. */
  head: string;
  /** Covers the whole request. */
  last: string;
  /** For each length that was asked for: the hash over so many first messages; null when there are fewer. */
  at: (string | null)[];
  /** Of the tools and the messages, as they are sent. */
  characters: number;
};

const sha256 = (...parts: string[]): string => hash('sha256', parts.join(''));

/**
 * The chain of hashes of a request: each link covers the one before it and the bytes of one more message, so two
 * requests share a prefix of k messages exactly when their hashes at length k are equal. `lengths` count messages,
 * the system prompt included; lengths 0 and 1 of a request with a system prompt both give the head.
 */
export const hashPrefixes = (
  messages: readonly WireMessage[],
  tools: readonly WireTool[],
  lengths: readonly number[] = [],
): PrefixHashes => {
  const [first] = messages;
  const system = first?.role === 'system' ? first : null;
  const opening = JSON.stringify([tools, system]);
  const head = sha256(opening);
  let characters = opening.length;
  const links = system ? [head, head] : [head];
  for (const message of system ? messages.slice(1) : messages) {
    const bytes = JSON.stringify(message);
    characters += bytes.length;
    links.push(sha256(links.at(-1) ?? head, bytes));
  }
  return { head, last: links.at(-1) ?? head, at: lengths.map((length) => links[length] ?? null), characters };
};
