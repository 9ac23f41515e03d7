import { plural } from '../../parts/model/format.ts';
import type { Block, ToolBlock } from './blocks.ts';

/** Calls in a row that have ended, with the thinking between them. */
export type CallGroup = {
  kind: 'calls';
  key: string;
  /** What they were: `30 reads, 2 searches`. */
  words: string;
  /** Of all of them together. */
  ms: number;
  failed: number;
  blocks: Block[];
};

const leastCalls = 3;

const nouns: Record<string, [string, string]> = {
  read_file: ['read', 'reads'],
  list_files: ['listing', 'listings'],
  search_files: ['search', 'searches'],
  edit_file: ['edit', 'edits'],
  write_file: ['write', 'writes'],
  delete_file: ['deletion', 'deletions'],
  apply_patch: ['patch', 'patches'],
  run_command: ['command', 'commands'],
  web_fetch: ['page', 'pages'],
  web_search: ['web search', 'web searches'],
};

const isCall = (block: Block): block is ToolBlock => block.kind === 'tool';

/** Nobody waits for it, nothing of it is to be answered, and it shows no picture. */
const isOver = (block: Block): block is ToolBlock => isCall(block) && block.result !== null && !block.result.images;

const wordsOf = (calls: readonly ToolBlock[]): string => {
  const counts = new Map<string, number>();
  for (const { tool } of calls) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([tool, number]) => {
      const [one, many] = nouns[tool] ?? [`${tool} call`, `${tool} calls`];
      return plural(number, one, many);
    })
    .join(', ');
};

const groupOf = (blocks: Block[]): CallGroup => {
  const calls = blocks.filter(isCall);
  return {
    kind: 'calls',
    key: `calls/${blocks[0]?.key}`,
    words: wordsOf(calls),
    ms: calls.reduce((sum, { result }) => sum + (result?.durationMs ?? 0), 0),
    failed: calls.filter(({ state }) => state !== 'ok').length,
    blocks,
  };
};

/** Three calls in a row and more become one; what follows the last of them stays as it is. */
export const folded = (blocks: readonly Block[]): (Block | CallGroup)[] => {
  const all: (Block | CallGroup)[] = [];
  let run: Block[] = [];
  const flush = (): void => {
    const end = run.findLastIndex(isCall) + 1;
    const start = run.findIndex(isCall);
    const inner = start === -1 ? [] : run.slice(start, end);
    if (inner.filter(isCall).length >= leastCalls) {
      all.push(...run.slice(0, start), groupOf(inner), ...run.slice(end));
    } else all.push(...run);
    run = [];
  };
  for (const block of blocks) {
    if (isOver(block) || (block.kind === 'thinking' && !block.streaming)) run.push(block);
    else {
      flush();
      all.push(block);
    }
  }
  flush();
  return all;
};
