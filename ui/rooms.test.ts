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

const readFiles = async (): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  for await (const file of glob('**/*.ts', { cwd: ui, exclude: (name) => /^(?:dist|dev)$|\.test\.ts$/.test(name) }))
    files.set(file, await readFile(path.join(ui, file), 'utf8'));
  return files;
};

const graphOf = (files: ReadonlyMap<string, string>): Map<string, string[]> => {
  const graph = new Map<string, string[]>();
  for (const [file, text] of files) {
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

const reachable = (graph: ReadonlyMap<string, readonly string[]>, from: string): Set<string> => {
  const found = new Set([from]);
  for (const file of found) for (const to of graph.get(file) ?? []) found.add(to);
  return found;
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
  const graph = graphOf(await readFiles());
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
  for (const [file, imports] of graphOf(await readFiles())) {
    if (!file.includes('/')) continue;
    for (const to of imports) {
      const shared = ['events.ts', 'state.ts'].includes(to) && layerOf(file) >= layers.indexOf('effects');
      if (layerOf(to) > layerOf(file) && !shared) wrong.push(`${file} imports ${to}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every file loads the elements that it draws, by an import of its own or of what it imports', async () => {
  const files = await readFiles();
  // A type is no code.
  const graph = graphOf(new Map([...files].map(([file, text]) => [file, text.replace(/^import type .*$/gm, '')])));
  const homes = new Map<string, string>();
  for (const [file, text] of files)
    for (const [, name = ''] of text.matchAll(/customElements\.define\('(ev-[\w-]+)'/g)) homes.set(name, file);
  expect(homes.size).toBeGreaterThan(50);
  const missing: string[] = [];
  for (const [file, text] of files) {
    const loaded = reachable(graph, file);
    for (const [, name = ''] of text.matchAll(/<(ev-[\w-]+)/g)) {
      const home = homes.get(name);
      if (home === undefined || !loaded.has(home)) missing.push(`${file} draws ${name}`);
    }
  }
  expect(missing).toEqual([]);
});
