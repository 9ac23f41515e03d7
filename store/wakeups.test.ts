import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { until } from '../test/support/until.ts';
import { openStore } from './store.ts';
import { createListener } from './wakeups.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A network before Postgres whose connections can be lost without a word: they stay, and nothing passes. */
const openNetwork = async (url: string) => {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const pairs: [Socket, Socket][] = [];
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    client.pipe(upstream).pipe(client);
    pairs.push([client, upstream]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as { port: number }).port);
  return {
    url: through.href,
    connections: () => pairs.length,
    lose(): void {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        for (const socket of [client, upstream]) socket.pause();
      }
    },
  };
};

test('a listener whose connection is lost without a word comes back by itself, and wakes everybody', async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  const network = await openNetwork(url);
  const [near, far] = [openStore({ url, patienceMs: 5000 }), openStore({ url: network.url, patienceMs: 5000 })];
  ends.push(near.close, far.close);
  const listener = createListener(far.database, { beatMs: 50, answerMs: 200 });
  ends.push(listener.close);
  let woken = 0;
  listener.subscribe('session/s_1', () => {
    woken += 1;
  });
  await until('it listens', () => woken === 1);
  near.wake('s_1');
  await until('it hears', () => woken === 2);
  network.lose();
  near.wake('s_1');
  await until('all are woken', () => woken === 3);
  expect(network.connections()).toBe(2);
  near.wake('s_1');
  await until('it hears again', () => woken === 4);
});
