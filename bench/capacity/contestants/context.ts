import { Client, Connection } from '@temporalio/client';
import type { Running } from '../../../cli/supervisor/service.ts';
import { freePort } from '../../../runtime/ports.ts';
import type { Closing } from '../../closing.ts';
import type { Servers } from '../../servers.ts';
import { createFloorDatabase } from '../../turn/floor/database.ts';
import { floorVariables } from '../../turn/floor/environment.ts';
import { once } from '../once.ts';
import { installPeers } from '../peers/install.ts';

export const bareQueue = 'capacity-bare';

/** What contestants are started with. Several of them share a program, which starts with the first. */
export const createContext = (servers: Servers, closing: Closing, progress: (line: string) => void) => {
  /** A program with a database of its own, which has the floor's table or nothing yet. */
  const startFloor = async (
    name: string,
    entry: URL,
    database: 'floor' | 'empty' = 'floor',
  ): Promise<{ running: Running; port: number }> => {
    const port = await freePort();
    const databaseUrl = await (database === 'floor'
      ? createFloorDatabase(servers, name)
      : servers.createDatabase(name));
    const { modelUrl, workspace, temporalAddress } = servers;
    const options = { databaseUrl, modelUrl, workspace, port, temporalAddress, taskQueue: bareQueue };
    return { running: await servers.startProgram(name, entry, floorVariables(options)), port };
  };
  return {
    servers,
    closing,
    progress,
    startFloor,
    client: once(async () => {
      const connection = await Connection.connect({ address: servers.temporalAddress });
      closing.add(() => connection.close());
      return new Client({ connection });
    }),
    bareWorker: once(() => startFloor('bare', new URL('../bare/bare-process.ts', import.meta.url))),
    installPeers: once(() => installPeers(closing, progress)),
  };
};

export type Context = ReturnType<typeof createContext>;
