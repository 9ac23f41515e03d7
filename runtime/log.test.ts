import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

/** In a process of its own: pino writes to the descriptor, past anything a test could catch. */
const logged = (record: unknown): string =>
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { createLogger } from ${JSON.stringify(path.join(import.meta.dirname, 'log.ts'))};
       createLogger({ name: 'test', level: 'info' }).info(${JSON.stringify(record)}, 'said');`,
    ],
    { encoding: 'utf8' },
  );

test.each([
  { authorization: 'canary' },
  { headers: { authorization: 'canary' } },
  { req: { headers: { authorization: 'canary' } } },
  { options: { apiKey: 'canary' } },
])('a secret is not logged: %j', (record) => {
  const line = logged(record);
  expect(JSON.parse(line).msg).toBe('said');
  expect(line).not.toContain('canary');
});
