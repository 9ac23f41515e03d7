import { ToolList } from '../contracts/tool-sources.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type ToolsApi = {
  /** The tools that agents may be given: built-in ones, and those of MCP servers and files. */
  listTools(options?: Signal): Promise<ToolList>;
};

export const toolsApi = ({ read }: Transport): ToolsApi => ({
  listTools: ({ signal } = {}) => read(ToolList, { action: 'list tools', path: '/tools', signal }),
});
