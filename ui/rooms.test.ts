import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const ui = import.meta.dirname;
const layers = ['model', 'state', 'effects'];
/** A layer may import itself, those before it, and nothing that draws. */
const layerOf = (file: string): number => {
  const at = layers.indexOf(file.split('/')[1] ?? '');
  return at === -1 ? layers.length : at;
};

const readGraph = async (): Promise<Map<string, string[]>> => {
  const graph = new Map<string, string[]>();
  for await (const file of glob('**/*.ts', { cwd: ui, exclude: (name) => /^(?:dist|dev)$|\.test\.ts$/.test(name) })) {
    const text = await readFile(path.join(ui, file), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?'(\.[^']+\.ts)/g)].map(([, to = '']) =>
      path.join(path.dirname(file), to),
    );
    graph.set(
      file,
      imports.filter((to) => !to.startsWith('..')),
    );
  }
  return graph;
};

const circles = (graph: ReadonlyMap<string, readonly string[]>): string[] => {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at !== -1) found.push([...trail.slice(at), file].join(' → '));
    if (at !== -1 || done.has(file)) return;
    for (const to of graph.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
};

test('no circle of imports, types included', async () => {
  const graph = await readGraph();
  expect(graph.size).toBeGreaterThan(100);
  expect(circles(graph)).toEqual([]);
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
  ).toEqual(['a → b → a']);
});

test('in every room the model imports models alone, the state no effects, and none of them elements', async () => {
  const wrong: string[] = [];
  for (const [file, imports] of await readGraph()) {
    if (!file.includes('/')) continue;
    for (const to of imports) {
      const shared = ['events.ts', 'state.ts'].includes(to) && layerOf(file) >= layers.indexOf('effects');
      if (layerOf(to) > layerOf(file) && !shared) wrong.push(`${file} imports ${to}`);
    }
  }
  expect(wrong).toEqual([]);
});
