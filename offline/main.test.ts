import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const children: ChildProcess[] = [];
const start = (port: string): ChildProcess => {
  const env = { ...process.env, EVERTURN_OFFLINE_MODEL_PORT: port };
  const child = fork(main, { env, silent: true, execArgv: [] });
  children.push(child);
  return child;
};
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

it('reports where it listens, continues without its parent, and ends by SIGTERM', async () => {
  const child = start('0');
  const [message] = (await once(child, 'message')) as [{ type: string; url: string }];
  expect(message).toEqual({ type: 'ready', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/) });
  child.disconnect();
  child.stdout?.destroy();
  child.stderr?.destroy();
  expect((await fetch(`${message.url}/models`)).status).toBe(200);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('ends with a reason when its port is not a port', async () => {
  const child = start('lots');
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  expect(said).toContain('EVERTURN_OFFLINE_MODEL_PORT is "lots"');
});
