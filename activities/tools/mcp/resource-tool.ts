import { z } from 'zod';
import type { ServerResource } from '../../../contracts/tool-sources.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { nearest } from '../nearest.ts';
import { quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { KeptServer } from './keep-server.ts';
import { toResult } from './result.ts';

export const mcpResourceName = 'mcp_resource';

export type ServerWithResources = {
  name: string;
  kept: Pick<KeptServer, 'readResource'>;
  resources: readonly ServerResource[];
};

const listed = ({ name, resources }: ServerWithResources): string =>
  resources
    .map(({ uri, name: label, description }) => `${name}: ${uri} (${[label, description].filter(Boolean).join(': ')})`)
    .join('\n');

/** What servers hold for reading, beside their tools. */
export const createMcpResource = (servers: readonly ServerWithResources[]): Tool => ({
  ...defineTool({
    name: mcpResourceName,
    description: `Read a resource of an MCP server, or list the resources by leaving uri out. Servers with resources: ${servers.map(({ name }) => name).join(', ')}.`,
    parameters: z.strictObject({
      server: z.string().optional().describe('Its name; needed to read'),
      uri: z
        .string()
        .max(4000)
        .optional()
        .describe('As the list has it, with values in the place of {names}, or as a result names it'),
    }),
    effect: 'pure',
    permission: 'run',
    doing: ({ uri }) => (uri === undefined ? 'list resources' : `read ${quote(uri)}`),
    async run({ server, uri }, { signal }) {
      const names = servers.map(({ name }) => name);
      const chosen = server === undefined ? undefined : servers.find(({ name }) => name === server);
      if (server !== undefined && !chosen)
        throw failed(
          `no server with resources is named ${quote(server, 80)}; nearest are ${nearest(server, names).join(', ')}`,
        );
      if (uri === undefined) return ok((chosen ? [chosen] : servers).map(listed).join('\n'));
      if (!chosen) throw failed(`say which server it is of: ${names.join(', ')}`);
      const contents = await chosen.kept.readResource(uri, signal);
      return toResult({ content: contents.map((resource) => ({ type: 'resource', resource })) });
    },
  }),
  source: 'mcp',
});
