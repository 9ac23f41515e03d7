import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { Provider } from 'oidc-provider';
import { freePort } from '../../runtime/ports.ts';

/** An MCP server that takes only the tokens of a real OAuth provider, which registers clients by itself. */
export const startProtectedServer = async () => {
  const accepted = new Set<string>();
  const expired = new Set<string>();
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  let refreshes = 0;
  const provider = new Provider(issuer, {
    pkce: { required: () => true },
    scopes: ['tools'],
    features: {
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'tools',
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: 'opaque',
        }),
      },
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    cookies: { keys: ['of a test'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') refreshes += 1;
  });
  const authorization = await new Promise<ReturnType<typeof provider.listen>>((resolve) => {
    const listening = provider.listen(port, '127.0.0.1', () => resolve(listening));
  });

  const open = new Map<string, StreamableHTTPServerTransport>();
  const begin = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void open.set(id, transport),
    });
    const server = new McpServer({ name: 'protected', version: '1' });
    server.registerTool('hello', { description: 'Says hello' }, () => ({ content: [{ type: 'text', text: 'hello' }] }));
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport;
  };

  const server = createServer(async (request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.url?.startsWith('/.well-known/oauth-protected-resource')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ resource: `${base}/mcp`, authorization_servers: [issuer], scopes_supported: ['tools'] }),
      );
      return;
    }
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const found = token === '' || expired.has(token) ? undefined : await provider.AccessToken.find(token);
    if (!found) {
      const metadata = `${base}/.well-known/oauth-protected-resource/mcp`;
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
      return;
    }
    accepted.add(token);
    const transport = open.get(String(request.headers['mcp-session-id'])) ?? (await begin());
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    refreshes: () => refreshes,
    /** Takes no token any more that it has taken so far. */
    expire: () => {
      for (const token of accepted) expired.add(token);
    },
    async close(): Promise<void> {
      for (const one of [server, authorization]) {
        one.closeAllConnections();
        one.close();
      }
    },
  };
};
