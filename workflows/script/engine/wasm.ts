import dataUrl from '@jitl/quickjs-wasmfile-release-sync/wasm';
import { withTable } from './wasm-table.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A workflow has no `atob`. */
const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const codes = new Uint8Array(128);
  for (let code = 0; code < alphabet.length; code += 1) codes[alphabet.charCodeAt(code)] = code;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((place) => codes[text.charCodeAt(from + place)]);
    const word = (a << 18) | (b << 12) | (c << 6) | d;
    bytes[to] = word >> 16;
    if (to + 1 < bytes.length) bytes[to + 1] = (word >> 8) & 255;
    if (to + 2 < bytes.length) bytes[to + 2] = word & 255;
  }
  return bytes;
};

/** Compiled once for each thread of a worker: this file is preloaded, before any workflow. */
export const wasmModule = new WebAssembly.Module(withTable(decodeBase64(dataUrl.slice(dataUrl.indexOf(',') + 1))));
