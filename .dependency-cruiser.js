import { globSync, readFileSync } from 'node:fs';

// The table in AGENTS.md is the rule. This file only turns it into one: what a row does not allow is an error, and so is a
// folder without a row.

const list = (cell) => cell.split(',').map((name) => name.trim().replaceAll('`', ''));

const rows = readFileSync('AGENTS.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').slice(1, -1))
  .filter((cells) => cells.length === 4)
  .slice(2)
  .map(([folders, , ours, packages]) => ({ folders: list(folders), ours: list(ours), packages: list(packages) }));

const known = new Set(rows.flatMap(({ folders }) => folders));
const unnamed = new Set(
  globSync('*/**/*.{ts,js}', { exclude: (name) => name === 'node_modules' || name.startsWith('.') })
    .map((file) => file.split(/[/\\]/)[0])
    .filter((folder) => !known.has(folder)),
);
if (unnamed.size)
  throw new Error(`Cannot check imports of ${[...unnamed].join(', ')}: add a row to the table in AGENTS.md`);

const literal = (text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]+');
const within = (names) =>
  `^(?:${names.map((name) => (name.endsWith('.ts') ? `${literal(name)}$` : `${literal(name)}/`)).join('|')})`;
const packaged = (names) => `^(?:node_modules/)?(?:@types/)?(?:${names.map(literal).join('|')})(?:/|$)`;

/** Tests, and what only tests and the development server use, import what they need. */
const tests = '^(?!node_modules/)(?:.*[.]test[.]ts$|.*/testing/|.*/test-[^/]+[.]ts$|ui/dev/|.*[.]config[.]ts$)';

const allowedOf = ({ folders, ours, packages }) => {
  const from = { path: within(folders) };
  return [
    ...folders.map((folder) => ({ from: { path: within([folder]) }, to: { path: within([folder]) } })),
    ...(ours.includes('anything') ? [{ from, to: { path: within([...known]) } }] : []),
    ...(ours.includes('nothing') ? [] : [{ from, to: { path: within(ours) } }]),
    ...(packages.includes('any') ? [{ from, to: { dependencyTypesNot: ['local'] } }] : []),
    ...(packages.includes('Node') ? [{ from, to: { dependencyTypes: ['core'] } }] : []),
    { from, to: { path: packaged(packages) } },
  ];
};

// biome-ignore lint/style/noDefaultExport: what dependency-cruiser reads.
export default {
  forbidden: [
    {
      name: 'tests-are-not-code',
      severity: 'error',
      from: { path: within([...known]), pathNot: `${tests}|^(?:bench|demo|test)/` },
      to: { path: tests },
    },
  ],
  allowed: [
    { from: { path: tests }, to: {} },
    { from: { path: '^[^/]+$' }, to: {} },
    { from: {}, to: { path: '^package[.]json$' } },
    ...rows.flatMap(allowedOf),
  ],
  allowedSeverity: 'error',
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // Bodies of scripts: a `return` outside of a function.
    exclude: { path: '^catalog/scripts/|^test/script-cases/|^examples/|^ui/dist/|^[.]' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
