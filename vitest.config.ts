import { defineConfig } from 'vitest/config';
import { localDirect } from './runtime/proxies.ts';

Object.assign(process.env, localDirect(process.env));

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    // Guards against a hang, not measurements: a machine that also does something else takes several times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // For two cores: each file starts a worker of its own, and waits for it much of the time.
    maxWorkers: 3,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'ui/dist'],
  },
});
