import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ensureBundle } from '../../worker/bundle.ts';
import type { Closing } from '../closing.ts';
import { type OurStack, startOurs } from '../ours/stack.ts';
import { type Servers, startServers } from '../servers.ts';
import { createFloorDatabase } from '../turn/floor/database.ts';
import { floorVariables } from '../turn/floor/environment.ts';
import { writeScripts } from './scripts.ts';

/** Everything that a part of the bench measures. */
export type Field = {
  servers: Servers;
  client: Client;
  stack: OurStack;
  /** The floor: bare workflows with bare activities. */
  bare: { queue: string; pid: number };
};

const name = 'ours';
const bareQueue = 'bare-agents';

/** More than any part runs at once, so that no part measures waiting for a place. */
const limits = { scriptAgents: 200, scriptRuns: 20 };

export const openField = async (closing: Closing, progress: (line: string) => void): Promise<Field> => {
  const servers = await startServers(closing, progress);
  const { modelUrl, workspace, temporalAddress } = servers;
  const connection = await Connection.connect({ address: temporalAddress });
  closing.add(() => connection.close());
  const databaseUrl = await createFloorDatabase(servers, 'floor');
  const options = { databaseUrl, modelUrl, workspace, port: 0, temporalAddress, taskQueue: bareQueue };
  const bare = await servers.startProgram(
    'bare',
    new URL('./bare/bare-process.ts', import.meta.url),
    floorVariables(options),
  );
  // A worker that builds its bundle keeps the builder's memory.
  await ensureBundle(path.join(servers.folder, name, '.everturn', 'cache'), 'scripts');
  const stack = await startOurs(servers, closing, name, limits);
  await writeScripts(stack.folder);
  return { servers, client: new Client({ connection }), stack, bare: { queue: bareQueue, pid: bare.pid } };
};
