import type { Logger } from 'pino';
import type { Confinement } from '../../activities/tools/confine/confinement.ts';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import type { Config } from '../../contracts/config.ts';
import type { Look } from '../../definitions/look.ts';
import type { Store } from '../../store/store.ts';
import { commandEnv } from '../command-env.ts';
import { workerVariable } from '../commands.ts';
import { openMcpServers } from './mcp-servers.ts';
import { openOwnTools } from './own-tools.ts';

/** Tools that do not come with Everturn: those of MCP servers, and those in TypeScript. */
export type Extensions = {
  tools(): readonly Tool[];
  /** Called each time that they are others. */
  onChange(listener: () => void): void;
  reload(config: Pick<Config, 'mcp'>, source: NodeJS.ProcessEnv): Promise<void>;
  close(): Promise<void>;
};

export type ExtensionsOptions = {
  store: Store;
  project: string;
  home?: string;
  look: () => Look;
  confinement: Confinement;
  workerId: string;
  log: Logger;
  config: Pick<Config, 'mcp'>;
  source: NodeJS.ProcessEnv;
};

export const openExtensions = async ({
  store,
  project,
  home,
  look,
  confinement,
  workerId,
  log,
  config,
  source,
}: ExtensionsOptions): Promise<Extensions> => {
  const listeners: (() => void)[] = [];
  const base = { ...commandEnv([], source), [workerVariable]: workerId };
  // A container is the user's own, for commands of agents: it need not have what servers and tools are run by.
  const beside = confinement.kind === 'container' ? openUnconfined(null) : confinement;
  const changed = (): void => {
    servers.renew();
    for (const listener of listeners) listener();
  };
  const servers = openMcpServers({ store, project, log, changed });
  const own = openOwnTools({
    store,
    project,
    ...(home === undefined ? {} : { home }),
    look,
    log,
    cwd: project,
    env: base,
    confinement: beside,
    changed: () => {
      for (const listener of listeners) listener();
    },
  });
  const reload = async ({ mcp }: Pick<Config, 'mcp'>, variables: NodeJS.ProcessEnv): Promise<void> => {
    await servers.use(mcp, { confinement: beside, base, value: (name) => variables[name] });
    changed();
  };
  await Promise.all([reload(config, source), own.ready()]);
  return {
    tools: () => [...servers.tools(), ...own.tools()],
    onChange: (listener) => void listeners.push(listener),
    reload,
    close: async () => {
      await Promise.all([servers.close(), own.close()]);
    },
  };
};
