import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Touched } from '../tools/tool.ts';

const hostOf = (url: string): string[] => {
  try {
    return [new URL(url).hostname].filter(Boolean);
  } catch {
    return [];
  }
};

/** By the argument names that all our tools use for this. */
export const namedByUs = (args: Record<string, unknown>): Touched => ({
  ...(typeof args.path === 'string' ? { paths: [args.path] } : {}),
  ...(typeof args.url === 'string' ? { hosts: hostOf(args.url) } : {}),
});

const ofPaths = new Set(
  'path paths file files filename filenames filepath filepaths dir dirs directory directories folder folders'.split(
    ' ',
  ),
);
/** Their values are often no paths. */
const often = new Set(
  'source sources destination destinations src dest dst target targets root roots cwd uri uris'.split(' '),
);

const wordsOf = (key: string): string[] =>
  key.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());

const longest = 4000;
const maxTexts = 500;
const deepest = 8;

/** Every text in the arguments, with the nearest name that it has. */
const textsIn = (value: unknown, key: string, depth = 0): [key: string, text: string][] => {
  if (typeof value === 'string') return value.length <= longest ? [[key, value]] : [];
  if (typeof value !== 'object' || value === null || depth > deepest) return [];
  const isList = Array.isArray(value);
  return Object.entries(value)
    .slice(0, maxTexts)
    .flatMap(([name, inner]) => textsIn(inner, isList ? key : name, depth + 1));
};

const fromUrl = (text: string): string | null => {
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
};

const pathsIn = (key: string, text: string, home: string): string[] => {
  if (/[\n\r]/.test(text)) return [];
  if (/^file:/i.test(text)) return [fromUrl(text)].filter((one) => one !== null);
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return [];
  if (/^~(\/|$)/.test(text)) return [path.join(home, text.slice(1))];
  const words = wordsOf(key);
  const isPath =
    /^(\/|\.)/.test(text) ||
    words.some((word) => ofPaths.has(word)) ||
    (/[./]/.test(text) && words.some((word) => often.has(word)));
  return isPath && text !== '' ? [text] : [];
};

/**
 * By what tools of servers and files may call it: names of arguments and forms of their values, at every depth. A rule that
 * denies a path must hold for `paths`, `source` and `file_path` too.
 */
export const namedByOthers = (args: Record<string, unknown>, home: string): Touched => {
  const texts = textsIn(args, '').slice(0, maxTexts);
  return {
    paths: [...new Set(texts.flatMap(([key, text]) => pathsIn(key, text, home)))],
    hosts: [...new Set(texts.flatMap(([, text]) => (/^(https?|wss?):\/\//i.test(text) ? hostOf(text) : [])))],
  };
};

/** `https://host/x`, `user@host:x`, and a word that could be the name of a host. */
export const hostsOfWord = (word: string): string[] => {
  const inUrls = [...word.matchAll(/(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/gi)].flatMap(([url]) => hostOf(url));
  const [, alone] = /^(?:[\w.-]+@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\.?(?:[:/].*)?$/i.exec(word) ?? [];
  return alone === undefined ? inUrls : [...inUrls, alone.toLowerCase()];
};

/** A name as a shell writes it out. */
export const withHome = (name: string, home: string): string =>
  name.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, () => home);
