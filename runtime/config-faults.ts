import { isMap, isNode, isScalar, type ParsedNode, type Document as YamlDocument } from 'yaml';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
export type Document = YamlDocument.Parsed;

/** `found` is the text at that place; null if the path itself says it. */
export type Fault = { path: string; expected: string; found: string | null };
/** `offset` counts characters of the file. */
export type PlacedFault = Fault & { offset: number };

/** One issue of zod is one place, except unknown fields: each has its own. */
export const placesOf = (document: Document, issue: Issue): PlacedFault[] => {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      offset: keyOffset(document, path, key),
      path: asText([...path, key]),
      expected: 'no field of this name is known here',
      found: null,
    }));
  }
  return [
    {
      offset: valueOffset(document, path),
      path: asText(path),
      expected: expectation(issue),
      found: foundAt(document, path),
    },
  ];
};

const expectation = (issue: Issue): string => {
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'expected a URL';
  const message = issue.message.replace(/^(Invalid input|Too small|Too big): /, '').replace(/, received .*$/, '');
  return issue.code === 'invalid_format' ? `expected ${message}` : message;
};

type Path = (string | number)[];

const asText = (path: Path): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key), '');

const nodeAt = (document: Document, path: Path): ParsedNode | null => {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node as ParsedNode) : null;
};

/** Of the value, or of the innermost thing around it that is there. */
const valueOffset = (document: Document, path: Path): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length));
    if (node) return node.range[0];
  }
  return 0;
};

const keyOffset = (document: Document, path: Path, key: string): number => {
  const map = nodeAt(document, path);
  if (!isMap(map)) return valueOffset(document, path);
  const pair = map.items.find(({ key: node }) => isScalar(node) && String(node.value) === key);
  return isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
};

/** A key pasted where the name of its variable belongs must not be repeated to a terminal or a log. */
const secretFields = new Set(['apiKeyEnv']);

const foundAt = (document: Document, path: Path): string | null => {
  const node = nodeAt(document, path);
  if (!node) return 'nothing';
  if (secretFields.has(String(path.at(-1)))) return 'something else (not repeated here: it may be a key)';
  if (isScalar(node)) return JSON.stringify(node.value);
  return isMap(node) ? 'a map' : 'a list';
};
