import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../runtime/ports.ts';
import { choosePort } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const takenPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });

const wish = { purpose: 'the API', asked: null, remembered: undefined, usual: 0 };

test('the port of the last time goes before the usual one', async () => {
  const [remembered, usual] = [await freePort(), await freePort()];
  expect(await choosePort({ ...wish, remembered, usual }, new Set())).toBe(remembered);
  expect(await choosePort({ ...wish, usual }, new Set())).toBe(usual);
});

test('a free one is chosen when the remembered and the usual one are taken', async () => {
  const [remembered, usual] = [await takenPort(), await takenPort()];
  const port = await choosePort({ ...wish, remembered, usual }, new Set());
  expect([remembered, usual]).not.toContain(port);
});

test('two services do not get the same port', async () => {
  const usual = await freePort();
  expect(await choosePort({ ...wish, usual }, new Set([usual]))).not.toBe(usual);
});

test('one that is asked for by name and taken is an error that names who asked', async () => {
  const port = await takenPort();
  await expect(choosePort({ ...wish, asked: { port, by: 'EVERTURN_API_PORT' } }, new Set())).rejects.toMatchObject({
    code: 'port_taken',
    message: `Cannot use port ${port} for the API, which EVERTURN_API_PORT asks for: another program listens on it. Stop that program, or ask for another port`,
  });
});
