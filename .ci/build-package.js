// `npm pack` runs this before, to write dist/ (what the package holds beside cli/everturn.js), and after with --clean, to
// remove it. The working copy never reads it.
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureBundle } from '../worker/bundle.ts';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

const program = async (name, ...args) => {
  try {
    await promisify(execFile)(process.execPath, [path.join(root, 'node_modules', name), ...args], { cwd: root });
  } catch (error) {
    throw new Error(`${name} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
};

/** What is not TypeScript goes along as it is: SQL, the catalog, tools/, CommonJS, the pins of Temporal. */
const copyAssets = () => {
  const compiled = readdirSync(dist).filter(
    (name) => !['bundles', 'ui'].includes(name) && statSync(path.join(dist, name)).isDirectory(),
  );
  const isAsset = (file) => !/(?<!\.d)\.ts$|\.md$|[/\\]testing$/.test(file);
  for (const folder of compiled)
    cpSync(path.join(root, folder), path.join(dist, folder), { recursive: true, filter: isAsset });
  for (const folder of ['catalog', 'tools'])
    cpSync(path.join(root, folder), path.join(dist, folder), { recursive: true });
};

const compile = async () => {
  await program('typescript/bin/tsc', '-p', '.ci/package.tsconfig.json');
  await program('typescript/bin/tsc', '-p', '.ci/package.types.tsconfig.json');
  copyAssets();
};

const buildConsole = (folder) =>
  program('vite/bin/vite.js', 'build', 'ui', '--configLoader', 'native', '--outDir', folder, '--emptyOutDir');

const buildBundles = async (folder) => {
  for (const name of ['agents', 'scripts'])
    renameSync(await ensureBundle(folder, name), path.join(folder, `${name}.js`));
};

rmSync(dist, { recursive: true, force: true });
if (!process.argv.includes('--clean')) {
  const consoleFolder = path.join(dist, 'ui', 'dist');
  const bundles = path.join(dist, 'bundles');
  await Promise.all([compile(), buildConsole(consoleFolder), buildBundles(bundles)]);
}
