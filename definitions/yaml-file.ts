import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { readYaml } from '../contracts/yaml.ts';
import { isMergeKey, mergeSources } from '../contracts/yaml-merge.ts';
import type { Path } from './path.ts';
import { scalarOffset } from './scalar-offset.ts';

/** Both from 1. */
export type YamlPlace = { line: number; column: number };

/** A text read as YAML. `value` is undefined when it cannot be: `faults` say why. */
export type YamlFile = {
  value: unknown;
  faults: (YamlPlace & { message: string })[];
  /** Of the value, or of the innermost thing around it that is there. */
  place(path: Path): YamlPlace;
  /** Of the key that the path ends with. */
  keyPlace(path: Path): YamlPlace;
  /** Of a character of the text at the path. */
  placeIn(path: Path, index: number): YamlPlace;
  /** The comment that ends the line of a text without quotes. */
  commentAfter(path: Path): { text: string; place: YamlPlace } | null;
};

/** Of maps within each other, when a place is looked for. */
const maxMerges = 20;

export const parseYaml = (text: string): YamlFile => {
  const lines = new LineCounter();
  const { document, value, faults } = readYaml(text, { lineCounter: lines });
  const at = (offset: number): YamlPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const place = (path: Path): YamlPlace => at(offsetOf(document, path));
  return {
    value,
    faults: faults.map(({ offset, message }) => ({ ...at(offset), message })),
    place,
    keyPlace: (path) => at(keyOffset(document, path) ?? offsetOf(document, path)),
    placeIn: (path, index) => {
      const node = nodeAt(document, path);
      if (!isScalar(node) || typeof node.value !== 'string') return place(path);
      return at(scalarOffset(text, node, node.value, index));
    },
    commentAfter: (path) => {
      const node = nodeAt(document, path);
      if (!isScalar(node) || node.type !== 'PLAIN' || !node.range) return null;
      const [whole, space, comment] = /^([ \t]+)(#.*)/.exec(text.slice(node.range[1])) ?? [];
      if (whole === undefined || space === undefined || comment === undefined) return null;
      return { text: comment.trimEnd(), place: at(node.range[1] + space.length) };
    },
  };
};

const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

/** Of the map itself, otherwise of those that are merged into it. */
const pairIn = (document: Document, map: YAMLMap, key: string, depth = 0): Pair | undefined => {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key && !isMergeKey(pair.key));
  if (own || depth > maxMerges) return own;
  for (const merge of map.items.filter((pair) => isMergeKey(pair.key))) {
    for (const source of mergeSources(document, merge)) {
      const found = isMap(source) ? pairIn(document, source, key, depth + 1) : undefined;
      if (found) return found;
    }
  }
  return undefined;
};

const pairAt = (document: Document, parent: Path, key: string | number): Pair | undefined => {
  const map = nodeAt(document, parent);
  return isMap(map) ? pairIn(document, map, String(key)) : undefined;
};

const nodeAt = (document: Document, path: Path): Node | null => {
  let node: unknown = resolved(document, document.contents);
  for (const key of path) {
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node)) node = pairIn(document, node, String(key))?.value;
    else return null;
    node = resolved(document, node);
  }
  return isNode(node) ? node : null;
};

const offsetOf = (document: Document, path: Path): number => {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (node?.range) return node.range[0];
  }
  return 0;
};

const keyOffset = (document: Document, path: Path): number | null => {
  const key = pairAt(document, path.slice(0, -1), path.at(-1) ?? '')?.key;
  return isNode(key) ? (key.range?.[0] ?? null) : null;
};
