import { spawn } from 'node:child_process';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchAttributes } from '../contracts/temporal.ts';
import { exitOf } from '../runtime/child-exit.ts';
import { freePort } from '../runtime/ports.ts';
import { until } from '../test/support/until.ts';
import { findTemporal } from './find.ts';
import { whyNotListening } from './listens.ts';
import { prepareTemporal } from './prepare.ts';

/** A server that knows nothing of us. */
let server: ReturnType<typeof spawn>;
let address: string;

beforeAll(async () => {
  const { path: binary } = await findTemporal({ progress: () => undefined });
  // The server picks more ports itself and exits if one is taken: then start it again.
  const isServing = async (): Promise<boolean> => {
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    server = spawn(binary, ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--headless'], {
      stdio: 'ignore',
    });
    await until('the server to listen or to end', async () => {
      return server.exitCode !== null || (await whyNotListening(address, 1000)) === null;
    });
    return server.exitCode === null;
  };
  while (!(await isServing()));
});
afterAll(async () => {
  const exited = exitOf(server);
  server.kill();
  await exited;
});

const attributesOf = async (namespace: string): Promise<string[]> => {
  const connection = await Connection.connect({ address });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(customAttributes ?? {});
  } finally {
    await connection.close();
  }
};

const ours = expect.arrayContaining(Object.values(searchAttributes));

test('registers what is missing, and only once', async () => {
  const options = { connection: { address }, namespace: 'default' };
  expect(await attributesOf('default')).not.toEqual(ours);
  await prepareTemporal(options);
  expect(await attributesOf('default')).toEqual(ours);
  await prepareTemporal(options);
});

test('a namespace that is not there is made only when that was asked for', async () => {
  const options = { connection: { address }, namespace: 'elsewhere' };
  await expect(prepareTemporal(options)).rejects.toMatchObject({
    code: 'temporal_unavailable',
    message: expect.stringMatching(/^Cannot prepare namespace "elsewhere" on .*: .*not found.*EverturnKind/i),
  });
  await prepareTemporal({ ...options, createNamespace: true });
  expect(await attributesOf('elsewhere')).toEqual(ours);
});

test('nobody listens', async () => {
  await expect(prepareTemporal({ connection: { address: '127.0.0.1:9' }, namespace: 'default' })).rejects.toThrow(
    'Cannot reach Temporal on 127.0.0.1:9 (TEMPORAL_ADDRESS): connect ECONNREFUSED 127.0.0.1:9',
  );
});
