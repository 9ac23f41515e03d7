import type { ZodType } from 'zod';
import { parseJsonAs } from './contract.ts';
import { errorOf, isAbort, unreachable } from './errors.ts';

export type TransportOptions = {
  /** Where the API is, without `/api`; the empty string means the page's own origin. */
  baseUrl: string;
  /** Sent as a bearer token; null where the browser's cookie signs in, and for the few routes that ask for nothing. */
  token: string | null;
  fetch?: typeof globalThis.fetch;
};

export type ApiCall = {
  /** The action in words, for messages: `list sessions`. */
  action: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Under `/api`, its segments already encoded. */
  path: string;
  query?: Record<string, string | number | readonly string[] | undefined> | undefined;
  body?: unknown;
  /** A body that is not JSON. */
  raw?: { type: string; value: string | Blob };
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

export type Transport = {
  /** The response, always 2xx. Throws {@link EverturnError}; an abort throws the signal's reason. */
  send(call: ApiCall): Promise<Response>;
  read<T>(schema: ZodType<T>, call: ApiCall): Promise<T>;
};

const queryOf = (query: ApiCall['query']): string => {
  const entries = Object.entries(query ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined || one === '' ? [] : [[key, String(one)]],
    ),
  );
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`;
};

export const createTransport = ({ baseUrl, token, fetch = globalThis.fetch }: TransportOptions): Transport => {
  const root = baseUrl.replace(/\/+$/, '');

  const send = async (call: ApiCall): Promise<Response> => {
    // A page of another site cannot send it: the API asks for it where a cookie comes with the request.
    const headers: Record<string, string> = { accept: 'application/json', 'x-everturn-client': '1', ...call.headers };
    if (token !== null) headers.authorization = `Bearer ${token}`;
    const init: RequestInit = { method: call.method ?? 'GET', headers, cache: 'no-store' };
    if (call.signal) init.signal = call.signal;
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(call.body);
    }
    if (call.raw) {
      headers['content-type'] = call.raw.type;
      init.body = call.raw.value;
    }
    let response: Response;
    try {
      response = await fetch(`${root}/api${call.path}${queryOf(call.query)}`, init);
    } catch (cause) {
      if (call.signal?.aborted || isAbort(cause)) throw cause;
      throw unreachable(call.action, root, cause);
    }
    if (!response.ok) throw await errorOf(call.action, response);
    return response;
  };

  const read = async <T>(schema: ZodType<T>, call: ApiCall): Promise<T> => {
    const response = await send(call);
    let text: string;
    try {
      text = await response.text();
    } catch (cause) {
      if (call.signal?.aborted) throw cause;
      throw unreachable(call.action, root, cause);
    }
    return parseJsonAs(schema, text, `the answer to "${call.action}"`);
  };

  return { send, read };
};
