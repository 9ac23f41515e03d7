import { defineConfig } from 'vitest/config';
import { localDirect } from './runtime/proxies.ts';

Object.assign(process.env, localDirect(process.env));

const exclude = ['**/node_modules/**', 'ui/dist'];

/** Folders whose tests leave nothing behind: they start no worker, stack or browser. */
const pure = [
  ...['catalog', 'client', 'conformance', 'contracts', 'definitions', 'files', 'offline', 'tools', 'workflows'],
  ...['parts', 'run', 'session', 'trace'].map((folder) => `ui/${folder}/model`),
].map((folder) => `${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    // For two cores: each file starts a worker of its own, and waits for it much of the time.
    maxWorkers: 3,
    // Guards against a hang, not measurements: a machine that also does something else takes several times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      // These files share processes and the modules loaded in them.
      { extends: true, test: { name: 'pure', include: pure, exclude, isolate: false } },
      { extends: true, test: { name: 'real', include: ['**/*.test.ts'], exclude: [...exclude, ...pure] } },
    ],
  },
});
