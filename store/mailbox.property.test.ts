import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';
import { command, expected, give, openPlayed, resolve } from './testing/mailbox-commands.ts';
import { readState } from './testing/mailbox-sessions.ts';

/** Two pools of connections: two processes. */
let stores: [Store, Store];
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  const open = () => openStore({ url, patienceMs: 5000, max: 16 });
  stores = [open(), open()];
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

test('one command after another: the mailbox answers and holds what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('none' as const, 'node' as const, 'subagent' as const),
      fc.array(command, { maxLength: 40, size: 'max' }),
      async (holder, commands) => {
        const played = await openPlayed(stores[0], holder);
        for (const [index, given] of commands.entries()) {
          const resolved = resolve(played, given);
          if (!resolved) continue;
          const store = stores[index % 2 === 0 ? 0 : 1];
          const answer = await give(store, played, resolved);
          const wanted = expected(played, resolved);
          if (typeof wanted === 'object' && wanted !== null) expect(answer).toMatchObject(wanted);
          else expect(answer).toBe(wanted);
          expect(await readState(store, played.id)).toEqual(played.own.state());
          if (played.parentId) expect(await readState(store, played.parentId)).toEqual(played.parent.state());
        }
        for (const id of [played.id, played.parentId]) if (id) await stores[0].sessions.remove(id);
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 9000 },
  );
});
