import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../runtime/ports.ts';
import type { Closing } from '../closing.ts';
import { type OurStack, startOurs } from '../ours/stack.ts';
import { type Servers, startServers } from '../servers.ts';
import { openBareTalk } from './bare/contestant.ts';
import type { Contestant } from './contestant.ts';
import { createFloorDatabase } from './floor/database.ts';
import { floorVariables } from './floor/environment.ts';
import { openHttpTalk } from './floor/http-talk.ts';
import { openOurTalk } from './ours/talk.ts';

/** Everything that a part of the bench measures. */
export type Field = {
  servers: Servers;
  closing: Closing;
  client: Client;
  stack: OurStack;
  ours: Contestant;
  /** Floor (a): plain Node and pg. */
  plain: Contestant;
  /** Floor (b): a bare Temporal workflow of the same shape. */
  bare: Contestant;
};

const bareQueue = 'bare';

export const openField = async (closing: Closing, progress: (line: string) => void): Promise<Field> => {
  const servers = await startServers(closing, progress);
  const { modelUrl, workspace, temporalAddress } = servers;
  const connection = await Connection.connect({ address: temporalAddress });
  closing.add(() => connection.close());
  const client = new Client({ connection });
  const startFloor = async (name: string, entry: URL, port: number) => {
    const databaseUrl = await createFloorDatabase(servers, name);
    const options = { databaseUrl, modelUrl, workspace, port, temporalAddress, taskQueue: bareQueue };
    return await servers.startProgram(name, entry, floorVariables(options));
  };
  const plainPort = await freePort();
  const plain = await startFloor('plain', new URL('./plain/plain-process.ts', import.meta.url), plainPort);
  const bare = await startFloor('bare', new URL('./bare/bare-process.ts', import.meta.url), 0);
  const stack = await startOurs(servers, closing, 'ours');
  const { api, 'worker-1': worker } = stack.processes();

  return {
    servers,
    closing,
    client,
    stack,
    ours: {
      name: 'ours',
      open: () => openOurTalk(stack),
      processes: { worker: worker ?? 0, api: api ?? 0, ...servers.processes },
    },
    plain: {
      name: '(a) plain',
      open: async () => openHttpTalk('The plain floor', () => `http://127.0.0.1:${plainPort}/`),
      processes: { worker: plain.pid, ...servers.processes },
    },
    bare: {
      name: '(b) bare',
      open: async () => openBareTalk(client, bareQueue),
      processes: { worker: bare.pid, ...servers.processes },
    },
  };
};
