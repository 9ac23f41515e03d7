import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { failed } from '../failed.ts';
import { formatBytes } from '../text.ts';
import { type AddressCheck, checkUrl, get } from './request.ts';

const maxRedirects = 5;
const maxBytes = 2_000_000;

export type Page = { url: URL; isHtml: boolean; text: string; isCut: boolean };

const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate };

const decoded = (response: IncomingMessage): AsyncIterable<Buffer> => {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return response;
  const create = decoders[encoding as keyof typeof decoders];
  if (!create) throw failed(`it is encoded as ${encoding}, which cannot be read`);
  // Errors come out of the iteration.
  return pipeline(response, create(), () => {});
};

/** Counted after decompression: a small answer can hold a large page. */
const readBody = async (response: IncomingMessage): Promise<{ bytes: Buffer; isCut: boolean }> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of decoded(response)) {
    parts.push(part);
    size += part.length;
    if (size > maxBytes) break;
  }
  return { bytes: Buffer.concat(parts).subarray(0, maxBytes), isCut: size > maxBytes };
};

const isTextType = (type: string): boolean =>
  type === '' || type.startsWith('text/') || /^application\/(.*\+)?(json|xml|yaml|javascript|x-ndjson)$/.test(type);

const charsetIn = (text: string): string | undefined => /charset\s*=\s*["']?([\w:-]+)/i.exec(text)?.[1];

/** By what the header says, else the page's own head, else UTF-8. */
const toText = (bytes: Buffer, contentType: string, isHtml: boolean): string => {
  const own = isHtml ? charsetIn(bytes.toString('latin1', 0, 2000)) : undefined;
  const charset = charsetIn(contentType) ?? own ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
};

const toPage = async (url: URL, response: IncomingMessage): Promise<Page> => {
  const contentType = response.headers['content-type'] ?? '';
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!isTextType(type)) throw failed(`it is of the type ${type}; only text can be fetched`);
  const { bytes, isCut } = await readBody(response);
  if (bytes.includes(0) && !charsetIn(contentType))
    throw failed(`it is binary (${formatBytes(bytes.length)}${isCut ? ' and more' : ''}); only text can be fetched`);
  const isHtml = type === 'text/html' || type === 'application/xhtml+xml';
  return { url, isHtml, text: toText(bytes, contentType, isHtml), isCut };
};

/** Follows redirects; every hop is checked as the first is. Throws `tool_failed`, or what the connection does. */
export const fetchPage = async (
  address: string,
  signal: AbortSignal,
  isAllowed: AddressCheck,
  hostRefusal: (host: string) => string | null = () => null,
): Promise<Page> => {
  let url = checkUrl(address, undefined, isAllowed);
  for (let hops = 0; ; hops += 1) {
    const response = await get(url, signal, isAllowed);
    try {
      const { statusCode = 0, statusMessage = '' } = response;
      const { location } = response.headers;
      if (statusCode >= 300 && statusCode < 400 && location) {
        if (hops === maxRedirects) throw failed(`it redirects more than ${maxRedirects} times`);
        url = checkUrl(location, url, isAllowed);
        const refusal = hostRefusal(url.hostname);
        if (refusal !== null) throw failed(`it redirects to ${url.hostname}, and ${refusal}`);
      } else if (statusCode >= 200 && statusCode < 300) return await toPage(url, response);
      else throw failed(`${url.host} answered ${`${statusCode} ${statusMessage}`.trim()}`);
    } finally {
      response.destroy();
    }
  }
};
