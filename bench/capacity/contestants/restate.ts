import { openHttpTalk } from '../../turn/floor/http-talk.ts';
import { startRestate as startServer } from '../peers/restate-server.ts';
import type { Starter } from './starter.ts';

const register = async (adminUrl: string, uri: string): Promise<void> => {
  const response = await fetch(`${adminUrl}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  });
  if (!response.ok) throw new Error(`Restate refuses the service: ${await response.text()}`);
};

/** Keeps its state in its own store, on the same disk; Postgres has no part in it. */
export const startRestate: Starter = async ({ installPeers, startFloor, servers, closing }) => {
  await installPeers();
  const server = await closing.own(() => startServer(servers.folder));
  const { running, port } = await startFloor(
    'restate',
    new URL('../peers/restate-process.mjs', import.meta.url),
    'empty',
  );
  await register(server.adminUrl, `http://127.0.0.1:${port}`);
  return {
    open: async () => openHttpTalk('Restate', (session) => `${server.ingressUrl}/session/${session}/turn`),
    processes: () => ({ server: [server.pid], worker: [running.pid] }),
  };
};
