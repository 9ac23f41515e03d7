import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Pair, visit } from 'yaml';

/** Fields that merging may write in a file, each merge of a merge counted again: they could double with each line. */
const maxMerged = 10_000;

type Fault = { offset: number; message: string };

/** `<<`, unless it is in quotes: then it is a name like any other. */
export const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN');

const offsetOf = (node: unknown): number =>
  (typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null)?.[0] : null) ?? 0;

const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

/** The maps that a `<<` names, in the order in which they count. */
export const mergeSources = (document: Document, { value }: Pair): unknown[] => {
  const node = resolved(document, value);
  return (isSeq(node) ? node.items : [node]).map((item) => resolved(document, item));
};

/**
 * What is wrong with merge keys: a value that is neither a map nor a list of maps, a map that merges itself, and merges that
 * multiply. Of a document without them the parser's own merging is safe.
 */
export const mergeFaults = (document: Document): Fault[] => {
  const merges: Pair[] = [];
  visit(document, { Pair: (_at, pair) => void (isMergeKey(pair.key) && merges.push(pair)) });
  const faults: Fault[] = [];
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();

  /** Nodes that are written when this one is. */
  const sizeOf = (node: unknown): number => {
    if (isPair(node)) {
      if (!isMergeKey(node.key)) return 1 + sizeOf(node.value);
      return mergeSources(document, node).reduce((sum: number, source) => sum + sizeOf(source), 0);
    }
    if (!isMap(node) && !isSeq(node)) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) return Number.POSITIVE_INFINITY;
    open.add(node);
    const size = (node.items as unknown[]).reduce((sum: number, item) => sum + sizeOf(item), 1);
    open.delete(node);
    sizes.set(node, size);
    return size;
  };

  let total = 0;
  for (const pair of merges) {
    const offset = offsetOf(pair.key);
    if (!mergeSources(document, pair).every((source) => isMap(source))) {
      faults.push({ offset, message: '<<: expected a map, or a list of maps, whose fields are merged into this one' });
      continue;
    }
    const size = sizeOf(pair);
    total += size;
    if (size === Number.POSITIVE_INFINITY) faults.push({ offset, message: '<<: this map would be merged into itself' });
    else if (total > maxMerged)
      return [...faults, { offset, message: `<<: expected at most ${maxMerged} fields from merge keys in a file` }];
  }
  return faults;
};
