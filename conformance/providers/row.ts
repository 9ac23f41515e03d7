import type { ModelClientOptions } from '../../activities/model/connect.ts';
import type { ChunkBody } from '../../contracts/chunks.ts';
import type { DialectName } from '../../contracts/config/models.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Effort } from '../../contracts/flow.ts';
import type { WireMessage, WireTool } from '../../contracts/request.ts';

/** The body of a request as a provider gets it. */
export type Asked = {
  messages: WireMessage[];
  tools?: WireTool[];
  [field: string]: unknown;
};

/** What a provider answers to a request that it accepts. */
export type Answer = {
  /** Objects become events; a text is written as it stands. */
  stream?: readonly unknown[];
  /** The whole body, in place of a stream. */
  body?: unknown;
  status?: number;
  headers?: Record<string, string>;
  /** Default: `text/event-stream` for a stream, else `application/json`. */
  type?: string;
  /** How it ends. Default: `[DONE]`. `cut` breaks the connection, `alive` goes on with comments for ever. */
  end?: 'done' | 'close' | 'cut' | 'alive';
};

/** What a provider refuses. */
export type Demand = {
  name: string;
  isBroken(asked: Asked, headers: Record<string, unknown>): boolean;
  status: number;
  body: unknown;
};

/** The steps of a turn; the first is what the person said. */
export type Turn = readonly (readonly ChunkBody[])[];

/** What a row expects of a body of the transcript; fields that it leaves out do not count. */
export type Said = Partial<ChunkBody> & { kind: ChunkBody['kind'] };

/** One dialect and one oddity: what the imitated provider does, and what is to come of it. */
export type Row = {
  dialect: DialectName;
  oddity: string;
  /** Where the oddity was seen: an address, or the name of a case. */
  seen?: string;
  model?: string;
  client?: Partial<ModelClientOptions>;
  effort?: Effort;
  system?: string;
  tools?: readonly WireTool[];
  /** The transcript before. Default: one message. */
  history?: readonly Turn[];
  /** Messages of the turns that follow the first. */
  later?: readonly string[];
  /** Beside those that every row makes. */
  demands?: readonly Demand[];
  /** To the accepted requests in order; the last one repeats. Default: "done". */
  answers?: readonly Answer[];
  expect: {
    /** What came into the transcript, all replies together. */
    said?: readonly Said[];
    error?: { code: ErrorCode; kind?: string; says?: string; retryAfterMs?: number };
    finish?: string;
    /** Requests in all, refused ones with them. */
    requests?: number;
    /** What the last request holds. */
    sent?: Record<string, unknown>;
    /** The messages of the last request, from its end. */
    messages?: readonly Record<string, unknown>[];
    /** Texts that do not occur in the last request. */
    unsent?: readonly string[];
    usage?: Record<string, unknown> | null;
  };
};
