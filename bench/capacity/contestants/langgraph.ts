import { openHttpTalk } from '../../turn/floor/http-talk.ts';
import type { Starter } from './starter.ts';

export const startLangGraph: Starter = async ({ installPeers, startFloor, servers }) => {
  await installPeers();
  const entry = new URL('../peers/langgraph-process.mjs', import.meta.url);
  const { running, port } = await startFloor('langgraph', entry, 'empty');
  return {
    open: async () => openHttpTalk('LangGraph', () => `http://127.0.0.1:${port}/`),
    processes: () => ({ worker: [running.pid], postgres: [servers.processes.postgres] }),
  };
};
