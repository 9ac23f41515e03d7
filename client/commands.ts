import { BackgroundCommand, CommandList } from '../contracts/command-result.ts';
import type { Once, Signal } from './options.ts';
import { once } from './options.ts';
import type { Transport } from './transport.ts';

export type CommandsApi = {
  /** Those that run, or with `session` all of one session. */
  listCommands(query?: { session?: string | undefined }, options?: Signal): Promise<CommandList>;
  getCommand(id: string, options?: Signal): Promise<BackgroundCommand>;
  stopCommand(id: string, options?: Once): Promise<BackgroundCommand>;
};

const command = (id: string): string => `/commands/${encodeURIComponent(id)}`;

export const commandsApi = ({ read }: Pick<Transport, 'read'>): CommandsApi => ({
  listCommands: (query = {}, { signal } = {}) =>
    read(CommandList, { action: 'list commands in the background', path: '/commands', query, signal }),
  getCommand: (id, { signal } = {}) =>
    read(BackgroundCommand, { action: `read command ${id}`, path: command(id), signal }),
  stopCommand: (id, { signal, idempotencyKey } = {}) =>
    read(BackgroundCommand, {
      action: `stop command ${id}`,
      method: 'POST',
      path: `${command(id)}/stop`,
      body: {},
      headers: once(idempotencyKey),
      signal,
    }),
});
