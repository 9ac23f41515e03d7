import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import { readYaml } from '../contracts/yaml.ts';
import type { Path } from './path.ts';
import { scalarOffset } from './scalar-offset.ts';

/** Both from 1. */
export type Place = { line: number; column: number };

/** A text read as YAML. `value` is undefined when it cannot be: `faults` say why. */
export type YamlFile = {
  value: unknown;
  faults: (Place & { message: string })[];
  /** Of the value, or of the innermost thing around it that is there. */
  place(path: Path): Place;
  /** Of the key that the path ends with. */
  keyPlace(path: Path): Place;
  /** Of a character of the text at the path. */
  placeIn(path: Path, index: number): Place;
};

export const parseYaml = (text: string): YamlFile => {
  const lines = new LineCounter();
  const { document, value, faults } = readYaml(text, { lineCounter: lines });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const place = (path: Path): Place => at(offsetOf(document, path));
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
  };
};

const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

const pairAt = (document: Document, parent: Path, key: string | number) => {
  const map = nodeAt(document, parent);
  return isMap(map)
    ? map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
    : undefined;
};

const nodeAt = (document: Document, path: Path): Node | null => {
  let node: unknown = resolved(document, document.contents);
  for (const key of path) {
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node))
      node = node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))?.value;
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
