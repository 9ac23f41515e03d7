import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

type LinkState =
  | { kind: 'open' }
  /** Connections are reset, new ones too. */
  | { kind: 'cut' }
  /** Every piece waits so long, in both directions. */
  | { kind: 'slow'; ms: number }
  /** Connections stay, and nothing passes. */
  | { kind: 'held' };

/** What reads along on one connection. Each side may keep a piece back by waiting. */
export type Observer = {
  toServer(bytes: Buffer): Promise<void>;
  toClient(bytes: Buffer): Promise<void>;
};

/**
 * A TCP proxy before a server on this machine, whose network can be made worse. `observe` is asked for each connection,
 * with the port that its client speaks from.
 */
export const openLink = async (target: () => number, observe: (clientPort: number) => Observer | null = () => null) => {
  let state: LinkState = { kind: 'open' };
  let released = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  /** By the port that we speak to the server from. */
  const clients = new Map<number, number>();

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };

  /** Passes on piece by piece, in order. A piece that waited when the connection went is gone with it. */
  const pump = async (from: Socket, to: Socket, look: (bytes: Buffer) => Promise<void>): Promise<void> => {
    try {
      for await (const piece of from) {
        await look(piece as Buffer);
        if (state.kind === 'held') await released.promise;
        if (state.kind === 'slow') await delay(state.ms);
        if (to.destroyed) break;
        if (!to.write(piece as Buffer)) {
          await new Promise<void>((resolve) => {
            to.once('drain', resolve);
            to.once('close', resolve);
          });
        }
      }
      to.end();
    } catch {
      // A process that was killed resets its connections, and the other side hears of it.
      to.destroy();
    }
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (state.kind === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const upstream = dial({ port: target(), host: '127.0.0.1', allowHalfOpen: true });
    keep(upstream);
    const clientPort = client.remotePort ?? 0;
    upstream.once('connect', () => clients.set(upstream.localPort ?? 0, clientPort));
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
    const observer = observe(clientPort);
    void pump(client, upstream, (bytes) => observer?.toServer(bytes) ?? Promise.resolve());
    void pump(upstream, client, (bytes) => observer?.toClient(bytes) ?? Promise.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const set = (next: LinkState): void => {
    state = next;
    released.resolve();
    if (next.kind === 'held') released = Promise.withResolvers();
    if (next.kind === 'cut') for (const socket of sockets) socket.resetAndDestroy();
  };

  return {
    port: (server.address() as AddressInfo).port,
    set,
    /** The port that a client speaks from, by the one that the server sees. */
    clientOf: (upstreamPort: number): number | null => clients.get(upstreamPort) ?? null,
    close: async (): Promise<void> => {
      set({ kind: 'cut' });
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
