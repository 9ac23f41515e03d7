import { defineConfig } from 'vitest/config';
import config from '../vitest.config.ts';

/** `npm run record:histories`: writes test/histories/ anew, from runs of the workflows of this commit. */
export default defineConfig({ ...config, test: { ...config.test, include: ['test/record-histories.ts'] } });
