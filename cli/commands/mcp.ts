import type { Command } from 'commander';
import { runCommand } from '../run-command.ts';

export const addMcp = (program: Command): void => {
  program
    .command('mcp')
    .description('serve this stack to MCP clients over standard input and output: sessions, runs and approvals')
    .action(() =>
      runCommand({}, async () => {
        const { serveMcp } = await import('../mcp/serve.ts');
        await serveMcp();
      }),
    );
};
