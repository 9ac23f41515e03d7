import type { Command } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import type { McpServer } from '../../contracts/mcp.ts';
import { hint } from '../../definitions/nearest.ts';
import { useProxies } from '../../runtime/proxies.ts';
import { openPastedLines } from '../mcp/pasted-lines.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';
import { projectOf } from '../supervisor/ensure-up.ts';

type LoginOptions = JsonOption & { minutes: string };

export const addMcp = (program: Command): void => {
  const mcp = program
    .command('mcp')
    .description('serve this stack to MCP clients; sign in at MCP servers that agents use');
  mcp
    .command('serve', { isDefault: true })
    .description('serve sessions, runs and approvals over standard input and output')
    .action(() =>
      runCommand({}, async () => {
        const { serveMcp } = await import('../mcp/serve.ts');
        await serveMcp();
      }),
    );
  mcp
    .command('login <server>')
    .description('sign in at an MCP server over HTTP, by OAuth in your browser')
    .option('--minutes <number>', 'how long to wait for you', '10')
    .option('--json', 'as JSON lines')
    .action((name: string, options: LoginOptions) => runCommand(options, () => login(name, options)));
  mcp
    .command('logout <server>')
    .description('delete the login at an MCP server')
    .option('--json', 'as one JSON line')
    .action((name: string, options: JsonOption) => runCommand(options, () => logout(name, options)));
};

const serverOf = async (name: string): Promise<McpServer> => {
  const { loadTrustedConfig } = await import('../../trust/config.ts');
  const { config, ignored } = loadTrustedConfig(projectOf({}));
  const found = config.mcp[name];
  if (found) return found;
  const why = ignored ? '; everturn.yaml is not trusted yet: npx everturn trust' : hint(name, Object.keys(config.mcp));
  throw new EverturnError(
    'mcp_server_unknown',
    `Cannot find the MCP server ${name} in everturn.yaml or ~/.everturn/mcp.yaml${why}`,
  );
};

const login = async (name: string, options: LoginOptions): Promise<void> => {
  const minutes = Number(options.minutes);
  if (!(minutes > 0 && minutes <= 1440))
    throw new EverturnError('bad_request', `Cannot use --minutes ${options.minutes}: give a number from 0 to 1440`);
  const config = await serverOf(name);
  const { loginAtServer } = await import('../../worker/tools/mcp-login.ts');
  useProxies(process.env);
  const print = createPrint(options);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), minutes * 60_000);
  process.once('SIGINT', () => stop.abort());
  const { lines, close } = openPastedLines(() => stop.abort());
  try {
    const { file } = await loginAtServer({
      name,
      config,
      value: (variable) => process.env[variable],
      show: (url) => {
        const words = `Open this address in a browser and sign in:\n${url.href}`;
        const elsewhere =
          'If the browser runs on another machine, it ends at an address that it cannot open: paste that address here.';
        print(harmless(`${words}\n${elsewhere}`), { type: 'address', url: url.href });
      },
      pasted: { lines, complain: (why) => void process.stderr.write(`${harmless(why)}\n`) },
      signal: stop.signal,
    });
    const words = `Signed in at ${name}. The login is stored in ${file}, readable only by you. A running stack uses it within a minute.`;
    print(harmless(words), { type: 'signed-in', server: name, file });
  } finally {
    clearTimeout(timer);
    close();
  }
};

const logout = async (name: string, options: JsonOption): Promise<void> => {
  const config = await serverOf(name);
  const { logoutOf } = await import('../../worker/tools/mcp-login.ts');
  const isGone = logoutOf(config);
  createPrint(options)(isGone ? `Signed out of ${name}.` : `You were not signed in to ${name}.`, {
    type: 'signed-out',
    server: name,
    wasSignedIn: isGone,
  });
};
