import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { WhenBusy } from '../contracts/events.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';
import { checkDeleted, checkSession } from './testing/mailbox-check.ts';
import { command, expected, give, openPlayed, resolve } from './testing/mailbox-commands.ts';
import { holdAsNode, holdAsSubagent, send, type Told } from './testing/mailbox-scenario.ts';
import { createSession, readState } from './testing/mailbox-sessions.ts';
import { createWorld } from './testing/mailbox-world.ts';

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

/** Every transaction that changes a mailbox dawdles before its commit, with its locks held. */
const dawdle = `
  CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(random() * 0.003); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT OR UPDATE ON messages DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dawdle();
  CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT OR UPDATE ON turns DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dawdle();`;

const whenBusy = fc.constantFrom<WhenBusy[]>('enqueue', 'enqueue', 'interrupt', 'reject');
const scenario = fc.record({
  holder: fc.constantFrom('none' as const, 'node' as const, 'subagent' as const),
  /** Each sends one message after another. */
  people: fc.array(fc.array(whenBusy, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
  cancels: fc.nat(2),
  isDeleted: fc.nat(5).map((number) => number === 0),
  seed: fc.integer(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

const play = async ({ holder, people, cancels, isDeleted, seed }: Scenario): Promise<void> => {
  const world = createWorld(stores, seed);
  const session = await createSession(stores[0], holder);
  const { id, parentId, subagentId } = session;
  const sessions = parentId === null ? [id] : [id, parentId];
  const told: Told = { accepted: [], rejected: [] };
  const sending = people.map(async (messages, person) => {
    for (const [index, whenBusy] of messages.entries()) {
      const sessionId = parentId !== null && world.chance(0.4) ? parentId : id;
      await send(world, told, { id: `${id}/${person}/${index}`, sessionId, whenBusy });
      if (world.chance(0.2)) await world.keep(sessions);
    }
  });
  const cancelling = Array.from({ length: cancels }, () => world.unlessDeleted(id, world.process().turns.cancel(id)));
  const holding =
    holder === 'none' ? { left: null } : (holder === 'node' ? holdAsNode : holdAsSubagent)(world, told, session);
  const deleting = async (): Promise<void> => {
    await sending[0];
    world.deleted.add(id);
    await world.process().sessions.remove(id);
  };
  const [{ left }] = await Promise.all([holding, ...sending, ...cancelling, isDeleted ? deleting() : null]);
  await world.quiet();
  world.calm();
  // Whatever nobody was there to do, a few rounds of the keepers do.
  const isOpen = async () =>
    (
      await stores[0].database.query(
        `SELECT FROM sessions s WHERE id = ANY($1::text[])
           AND (EXISTS (SELECT FROM messages WHERE session_id = s.id AND status = 'accepted')
             OR EXISTS (SELECT FROM turns WHERE session_id = s.id AND status = 'running'))`,
        [sessions],
      )
    ).length > 0;
  for (let round = 0; round < 60 && (await isOpen()); round++) {
    await world.keep(sessions);
    await world.quiet();
  }
  expect(world.failures).toEqual([]);
  for (const sessionId of sessions) {
    if (world.deleted.has(sessionId)) {
      await checkDeleted(stores[1], sessionId);
      continue;
    }
    const messages = await checkSession(stores[1], sessionId, sessionId === id ? holder : 'none');
    const ids = messages.map((message) => message.id);
    const of = (sent: Told['accepted']) => sent.filter((one) => one.sessionId === sessionId).map((one) => one.id);
    expect(ids.toSorted(), 'what was accepted').toEqual(of(told.accepted).toSorted());
    for (const rejected of of(told.rejected)) expect(ids).not.toContain(rejected);
    // Only a step that ends from outside leaves messages to the keepers to assign.
    if (sessionId !== id || holder !== 'node') expect(world.strays).not.toContain(sessionId);
    const subagent = sessionId === id && subagentId !== null ? await stores[1].subagents.find(subagentId) : undefined;
    const withdrawn = messages.filter(({ status }) => status === 'withdrawn');
    if (subagent?.status !== 'crashed') expect(withdrawn, 'withdrawn from a session that goes on').toEqual([]);
    if (sessionId !== id || left === null) continue;
    const begun = 'SELECT FROM operations WHERE session_id = $1 AND turn = $2';
    expect(await stores[1].database.query(begun, [id, left]), 'the turn that its holder left began').toEqual([]);
  }
};

test('everybody at once, from two processes that die: every message is answered once, in order, one turn at a time', async () => {
  const client = await stores[0].database.connect();
  await client.query(dawdle);
  await client.end();
  await fc.assert(fc.asyncProperty(scenario, play), {
    numRuns: 150,
    interruptAfterTimeLimit: 14_000,
    // A race does not come back with less of it.
    endOnFailure: true,
  });
});
