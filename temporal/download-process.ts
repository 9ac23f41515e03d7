import { TestWorkflowEnvironment } from '@temporalio/testing';

/** Started by download.ts with the folder for the binary. Starting the server once is the SDK's only way to fetch it. */
const [downloadDir] = process.argv.slice(2);
const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'cached-download', ...(downloadDir === undefined ? {} : { downloadDir }), ttl: '3650 days' },
  },
});
await environment.teardown();
process.exit(0);
