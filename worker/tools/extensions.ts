import type { Logger } from 'pino';
import type { Confinement } from '../../activities/tools/confine/confinement.ts';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import { createMemoryTools } from '../../activities/tools/kept/memory.ts';
import { type MemoryFolders, memoryFolders, openMemory } from '../../activities/tools/kept/notes.ts';
import { todo } from '../../activities/tools/kept/todo.ts';
import { workerVariable } from '../../activities/tools/orphans.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import { createWebSearch } from '../../activities/tools/web/web-search.ts';
import type { Config } from '../../contracts/config.ts';
import type { Look } from '../../definitions/look.ts';
import type { Store } from '../../store/store.ts';
import { commandEnv } from '../command-env.ts';
import { openMcpServers } from './mcp-servers.ts';
import { openOfferedSkills } from './offered-skills.ts';
import { openOwnTools } from './own-tools.ts';

/** Tools that do not come with Everturn: those of MCP servers, and those in TypeScript. */
export type Extensions = {
  tools(): readonly Tool[];
  /** Called each time that they are others. */
  onChange(listener: () => void): void;
  reload(config: Pick<Config, 'mcp' | 'search'>, source: NodeJS.ProcessEnv): Promise<void>;
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
  config: Pick<Config, 'mcp' | 'search'>;
  source: NodeJS.ProcessEnv;
  /** Where notes are kept. Default: with the user. */
  folders?: MemoryFolders;
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
  folders,
}: ExtensionsOptions): Promise<Extensions> => {
  const listeners: (() => void)[] = [];
  const base = { ...commandEnv([], source), [workerVariable]: workerId };
  // A container is the user's own, for commands of agents: it need not have what servers and tools are run by.
  const beside = confinement.kind === 'container' ? openUnconfined(null) : confinement;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const changed = (): void => {
    servers.renew();
    tell();
  };
  let webSearch: readonly Tool[] = [];
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
    changed: tell,
  });
  let reloading: Promise<void> = Promise.resolve();
  const use = async ({ mcp, search }: Pick<Config, 'mcp' | 'search'>, variables: NodeJS.ProcessEnv): Promise<void> => {
    webSearch = search ? [createWebSearch(search, variables[search.apiKeyEnv ?? ''])] : [];
    await servers.use(mcp, { confinement: beside, base, value: (name) => variables[name] });
    changed();
  };
  /** One after the other: each starts and ends servers. */
  const reload: Extensions['reload'] = (next, variables) => {
    reloading = reloading.catch(() => undefined).then(() => use(next, variables));
    return reloading;
  };
  await Promise.all([reload(config, source), own.ready()]);
  const skills = openOfferedSkills({ project, ...(home === undefined ? {} : { home }), look, log, changed: tell });
  const memory = createMemoryTools(openMemory(folders ?? memoryFolders(project)));
  return {
    tools: () => [todo, ...memory, ...skills.tools(), ...webSearch, ...servers.tools(), ...own.tools()],
    onChange: (listener) => void listeners.push(listener),
    reload,
    close: async () => {
      skills.close();
      await Promise.all([servers.close(), own.close()]);
    },
  };
};
