import os from 'node:os';

/** What a figure depends on beside the code. */
export const machineFacts = (): { startedAt: string; machine: string; node: string } => ({
  startedAt: new Date().toISOString(),
  machine: `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown CPU'}`,
  node: process.version,
});
