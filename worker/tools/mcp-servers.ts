import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type KeptServer, keepServer } from '../../activities/tools/mcp/keep-server.ts';
import { createMcpTool } from '../../activities/tools/mcp/mcp-tool.ts';
import type { Environment } from '../../activities/tools/mcp/open-transport.ts';
import { createMcpResource } from '../../activities/tools/mcp/resource-tool.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import { canonical } from '../../contracts/canonical.ts';
import type { McpServer, McpServers } from '../../contracts/mcp.ts';
import { noOffers, type Offers } from '../../contracts/tool-sources.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Store } from '../../store/store.ts';

type Running = { config: McpServer; digest: string; kept: KeptServer; offers: Offers };

export type McpOptions = {
  store: Store;
  project: string;
  log: Logger;
  /** What is offered has become something else. */
  changed(): void;
};

const maxWaitMs = 10_000;

const digestOf = (config: McpServer): string =>
  createHash('sha256')
    .update(`${packageJson.version} ${canonical(config)}`)
    .digest('hex');

/** The servers of the configuration, kept running by this worker. What they offered before is known until they have said it again. */
export const openMcpServers = ({ store, project, log, changed }: McpOptions) => {
  const running = new Map<string, Running>();

  const start = (name: string, config: McpServer, digest: string, known: Offers, environment: Environment): Running => {
    const server: Running = {
      config,
      digest,
      offers: known,
      kept: keepServer(
        { name, config, environment, project },
        {
          async offered(offers) {
            const isOther = canonical(offers) !== canonical(server.offers);
            // The same in another order stays as it was: models are offered the same bytes.
            if (isOther) server.offers = offers;
            await store.toolSources.offered({ kind: 'mcp', name, digest, offers: server.offers });
            for (const { tool, message } of isOther ? offers.faults : [])
              log.warn(`MCP server ${name}: ${tool} is left out: ${message}`);
            if (isOther) changed();
          },
          async failed(fault) {
            log.warn(`MCP server ${name} cannot be used: ${fault}`);
            await store.toolSources.failed({ kind: 'mcp', name, digest, fault, none: noOffers });
          },
        },
      ),
    };
    return server;
  };

  const toolsOf = ([name, { config, kept, offers }]: [string, Running]): Tool[] =>
    offers.tools.map((tool) => createMcpTool(tool, name, config.seconds, kept));

  let made: readonly Tool[] = [];
  const make = (): void => {
    const withResources = [...running].filter(([, { offers }]) => offers.resources.length > 0);
    made = [
      ...[...running].flatMap(toolsOf),
      ...(withResources.length > 0
        ? [
            createMcpResource(
              withResources.map(([name, { kept, offers }]) => ({ name, kept, resources: offers.resources })),
            ),
          ]
        : []),
    ];
  };

  return {
    tools: (): readonly Tool[] => made,
    renew: make,
    /** Resolves when each server that was never tried before has answered or failed, or 10 s have passed. */
    async use(servers: McpServers, environment: Environment): Promise<void> {
      const wanted = Object.entries(servers).map(([name, config]) => ({ name, config, digest: digestOf(config) }));
      const gone = [...running].filter(
        ([name, { digest }]) => !wanted.some((one) => one.name === name && one.digest === digest),
      );
      for (const [name] of gone) running.delete(name);
      const closing = Promise.all(gone.map(([, { kept }]) => kept.close()));
      const rows = await store.toolSources.list();
      const unknown: Promise<unknown>[] = [];
      for (const { name, config, digest } of wanted) {
        if (running.has(name)) continue;
        const row = rows.find((one) => one.kind === 'mcp' && one.name === name && one.digest === digest);
        const server = start(name, config, digest, row?.offers ?? noOffers, environment);
        running.set(name, server);
        // One that was tried before, with or without success, holds no start up.
        if (row === undefined)
          unknown.push(Promise.race([server.kept.asked, delay(maxWaitMs, undefined, { ref: false })]));
      }
      await store.toolSources.keep(
        'mcp',
        wanted.map(({ name }) => name),
      );
      await Promise.all([closing, ...unknown]);
      make();
    },
    async close(): Promise<void> {
      await Promise.all([...running.values()].map(({ kept }) => kept.close()));
    },
  };
};
