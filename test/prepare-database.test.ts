import { randomBytes } from 'node:crypto';
import { expect, inject, onTestFinished, test } from 'vitest';
import { askDatabase, ensureDatabase } from '../cli/supervisor/ask-database.ts';
import { openDatabase } from '../store/database.ts';

test('makes the database that the server has not, once; any name is a name', async () => {
  const url = new URL(inject('postgresUrl'));
  const admin = openDatabase({ url: url.href, patienceMs: 5000, max: 1 });
  const name = `new "${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => {
    await admin.query(`DROP DATABASE IF EXISTS "${name.replaceAll('"', '""')}"`);
    await admin.close();
  });
  url.pathname = `/${encodeURIComponent(name)}`;
  await expect(askDatabase(url.href)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await ensureDatabase(url.href)).toBe(true);
  expect(await ensureDatabase(url.href)).toBe(false);
});

test('what is wrong otherwise is told as before', async () => {
  const url = new URL(inject('postgresUrl'));
  url.port = '1';
  await expect(ensureDatabase(url.href)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/^Cannot use the database on .*ECONNREFUSED/),
  });
});
