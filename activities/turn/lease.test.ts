import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { createLease } from './lease.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000, max: 4 });
});
afterAll(() => store.close());

const newWorker = async () => {
  const worker = { id: randomUUID(), kind: 'agents', pid: 1, host: 'h' };
  await store.workers.register(worker);
  const lease = createLease(() => store.workers.beat(worker.id));
  return { worker, lease };
};

const silent = (id: string) =>
  store.database.query(`UPDATE workers SET heartbeat_at = now() - interval '6 s' WHERE id = $1`, [id]);

test('a worker that beats keeps its work: nobody can take it', async () => {
  const { worker, lease } = await newWorker();
  expect(await lease.held()).toBe(true);
  expect(await store.workers.claim(worker.id, false)).toBe(false);
});

test('of a beat and a claim after a silence, the first counts', async () => {
  const first = await newWorker();
  await silent(first.worker.id);
  expect(await first.lease.renew()).toBe(true);
  expect(await store.workers.claim(first.worker.id, false)).toBe(false);

  const second = await newWorker();
  let isLost = false;
  second.lease.onLost(() => {
    isLost = true;
  });
  await silent(second.worker.id);
  expect(await store.workers.claim(second.worker.id, false)).toBe(true);
  expect(await second.lease.renew()).toBe(false);
  expect(isLost).toBe(true);
  expect(await second.lease.held()).toBe(false);
  // Registering before the work is taken changes nothing; after it the worker begins anew.
  await store.workers.register(second.worker);
  expect(await second.lease.held()).toBe(false);
  await store.workers.remove(second.worker.id);
  await store.workers.register(second.worker);
  expect(await second.lease.held()).toBe(true);
});

test('an attempt begins when the one before it has ended, which is told to stop', async () => {
  const { lease } = await newWorker();
  const order: string[] = [];
  const leave = await lease.enter('o', () => order.push('stopped'));
  const next = lease.enter('o', () => {}).then(() => order.push('begun'));
  await lease.enter('another', () => {});
  order.push('left');
  leave();
  await next;
  expect(order).toEqual(['stopped', 'left', 'begun']);
});
