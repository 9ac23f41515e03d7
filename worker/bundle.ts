import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';
import { moduleFile } from '../files/module-file.ts';
import { cacheFolder, isWritable, makeCacheFolder } from '../files/places.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['workflows', 'contracts'];

const engine = path.dirname(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/package.json'));

type Hook = NonNullable<BundleOptions['webpackConfigHook']>;

/** Lines for stack traces without the text of the sources, which is not used here: half of a bundle. */
const withLines: Hook = (config) => ({ ...config, devtool: 'inline-nosources-source-map' });

/** One file without chunks, with the engine's WebAssembly in it, and the loader of it that asks for no platform. */
const withEngine: Hook = (config) => ({
  ...withLines(config),
  output: { ...config.output, publicPath: '' },
  resolve: {
    ...config.resolve,
    alias: {
      ...config.resolve?.alias,
      '@jitl/quickjs-wasmfile-release-sync/emscripten-module': path.join(
        engine,
        'dist',
        'emscripten-module.cloudflare.cjs',
      ),
    },
  },
  module: {
    ...config.module,
    parser: { ...config.module?.parser, javascript: { url: false, dynamicImportMode: 'eager' } },
    rules: [...(config.module?.rules ?? []), { test: /\.wasm$/, type: 'asset/inline' }],
  },
});

const hashSources = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of [path.join(root, 'package-lock.json'), import.meta.filename]) hash.update(await readFile(file));
  for (const folder of sources) {
    const names = await readdir(path.join(root, folder), { recursive: true });
    for (const name of names.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort()) {
      hash.update(name).update(await readFile(path.join(root, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
};

export const payloadConverterPath = moduleFile(root, 'workflows', 'content', 'converter');

/** The scripts' engine goes into a bundle of its own: agents' workers have no use for it. */
const bundles = {
  agents: { workflowsPath: moduleFile(root, 'workflows', 'index'), webpackConfigHook: withLines },
  scripts: { workflowsPath: moduleFile(root, 'workflows', 'scripts'), webpackConfigHook: withEngine },
} satisfies Record<string, Omit<BundleOptions, 'logger'>>;
export type BundleName = keyof typeof bundles;

/**
 * A workflow bundle's path: that of the package, otherwise built once for a content of `workflows/`, `contracts/` and this
 * file, then found in `cacheDir`. Building takes about a second and a half, most of a worker's start.
 */
export const ensureBundle = async (cacheDir: string, name: BundleName = 'agents'): Promise<string> => {
  const packaged = path.join(root, 'bundles', `${name}.js`);
  if (existsSync(packaged)) return packaged;
  const file = path.join(cacheDir, `workflows-${name}-${await hashSources()}.js`);
  if (existsSync(file)) return file;
  // The compiler unpacks its library, by default into the temporary folder, from where programs may not run everywhere.
  const cache = isWritable(cacheFolder()) ? makeCacheFolder() : path.resolve(cacheDir);
  process.env.SWC_NATIVE_BINDING_CACHE ??= path.join(cache, 'swc');
  const quiet = () => {};
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
  const bundle = bundles[name];
  // Evaluated once for each thread, not for each workflow: no module here has state of its own, and what they export is
  // frozen. It takes a sixth of the CPU time and most of the memory off short workflows.
  const preloadModules = [bundle.workflowsPath, payloadConverterPath];
  const { code } = await bundleWorkflowCode({ ...bundle, payloadConverterPath, preloadModules, logger });
  await mkdir(cacheDir, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, file);
  await dropOld(cacheDir, name);
  return file;
};

const keptMs = 30 * 24 * 3600 * 1000;

/** Bundles of releases that were built more than 30 days ago. One still in use is built again at its next start. */
const dropOld = async (cacheDir: string, name: BundleName): Promise<void> => {
  for (const entry of await readdir(cacheDir)) {
    if (!entry.startsWith(`workflows-${name}-`)) continue;
    const file = path.join(cacheDir, entry);
    const built = await stat(file).catch(() => null);
    if (built && Date.now() - built.mtimeMs > keptMs) await rm(file, { force: true });
  }
};
