import { openHttpTalk } from '../../turn/floor/http-talk.ts';
import type { Starter } from './starter.ts';

export const startPlain: Starter = async ({ startFloor, servers }) => {
  const entry = new URL('../../turn/plain/plain-process.ts', import.meta.url);
  const { running, port } = await startFloor('plain', entry);
  return {
    open: async () => openHttpTalk('The plain program', () => `http://127.0.0.1:${port}/`),
    processes: () => ({ worker: [running.pid], postgres: [servers.processes.postgres] }),
  };
};
