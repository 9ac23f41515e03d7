import type { DialectName } from '../../../contracts/config/models.ts';
import type { Effort } from '../../../contracts/flow.ts';
import type { Reply, WireAssistant } from '../../../contracts/request.ts';

/** Whether a reply came from the provider that is asked now, and what it thought. */
export type Origin = { isOwn: boolean; thinking: string };

/** How one kind of provider departs from the general form of chat completions. */
export type Dialect = {
  name: DialectName;
  /** Whether an address is that of such a provider. */
  isAt(url: URL): boolean;
  /** Ids of calls that it takes; one of its own that does not fit is rewritten. Default: all of its own. */
  callIds?: RegExp;
  /** Default: `max_tokens`. */
  maxTokens?: 'max_completion_tokens';
  /** Fields of the request, and keywords of schemas, that it is known to refuse. */
  omit?: readonly string[];
  /** The effort in its own words. Default: `reasoning_effort`, at most `xhigh`. */
  effort?(effort: Effort): Record<string, unknown>;
  /** What a request cost in US dollars, where it reports that. Default: it does not. */
  cost?(reported: unknown): number | null;
  /** The last word on a reply that is sent back. */
  complete?(message: WireAssistant, reply: Reply, origin: Origin): WireAssistant;
};

export const isHost = (url: URL, ...names: readonly string[]): boolean =>
  names.some((name) => url.hostname === name || url.hostname.endsWith(`.${name}`));
