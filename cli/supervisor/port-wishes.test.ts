import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import { freePort } from '../../runtime/ports.ts';
import { onPorts } from './port-wishes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const take = async (port: number): Promise<void> => {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
};
const someone = new EverturnError('process_failed', 'somebody was faster');

test('a port that another program takes between its choice and its use is replaced', async () => {
  const tried: number[] = [];
  const started = await onPorts({ port: freePort }, ['api', 'postgres'], async (api, postgres) => {
    tried.push(api);
    if (tried.length > 1) return [api, postgres];
    await take(postgres);
    throw someone;
  });
  expect(tried).toHaveLength(2);
  expect(started[0]).toBe(tried[1]);
});

test('a failure for another reason is thrown at once', async () => {
  let attempts = 0;
  const start = () => {
    attempts += 1;
    return Promise.reject(someone);
  };
  await expect(onPorts({ port: freePort }, ['api'], start)).rejects.toBe(someone);
  expect(attempts).toBe(1);
});

test('it is given up in the end', async () => {
  const start = async (port: number) => {
    await take(port);
    throw someone;
  };
  await expect(onPorts({ port: freePort }, ['api'], start)).rejects.toBe(someone);
  expect(servers).toHaveLength(5);
});
