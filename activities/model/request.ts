import type { Connection } from './connect.ts';
import { httpError, redirectError } from './failures.ts';

const longestReason = 64 * 1024;

/** What a refusal says, as far as it arrives: the status counts even if the connection breaks after it. */
const readReason = async ({ body }: Response, heard: () => void): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of body ?? []) {
      heard();
      text += decoder.decode(bytes, { stream: true });
      if (text.length >= longestReason) break;
    }
  } catch {}
  return text;
};

/** Sends a request. Throws an `EverturnError` for every answer but success, and what `fetch` throws. */
export const send = async (
  { url, headers, provider }: Connection,
  body: string,
  { signal, heard }: { signal: AbortSignal; heard: () => void },
): Promise<Response> => {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  heard();
  if (response.ok) return response;
  const reason = await readReason(response, heard);
  const isRedirect = response.status >= 300 && response.status < 400;
  throw isRedirect ? redirectError(provider, response) : httpError(provider, response, reason);
};
