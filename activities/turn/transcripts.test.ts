import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { sessionRow } from '../../test/support/session-row.ts';
import { createTranscripts } from './transcripts.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const say = async (sessionId: string, text: string): Promise<void> => {
  await store.messages.accept({ id: randomUUID(), sessionId, text, whenBusy: 'enqueue' });
};
const end = (sessionId: string, turn: number) =>
  store.turns.settle({ sessionId, turn, status: 'completed', code: null, chunks: [] });

test('a transcript that is kept is what a new reader reads, also after another worker has added to it', async () => {
  const id = randomUUID();
  await store.sessions.create(sessionRow(id));
  const here = createTranscripts(store);
  for (const turn of [1, 2, 3]) {
    await say(id, `message ${turn}`);
    const context = await here.step(id, turn, 1);
    expect(context).toEqual(await createTranscripts(store).step(id, turn, 1));
    expect(context?.transcript.map(({ body }) => body)).toHaveLength(turn);
    await end(id, turn);
  }
});

test('a session that was deleted and made again under its name has nothing of the old one', async () => {
  const id = randomUUID();
  const here = createTranscripts(store);
  for (const text of ['old', 'new']) {
    await store.sessions.create(sessionRow(id));
    await say(id, text);
    expect((await here.step(id, 1, 1))?.transcript.map(({ body }) => body)).toEqual([
      { kind: 'text', role: 'user', text },
    ]);
    await store.sessions.remove(id);
    expect(await here.step(id, 1, 1)).toBeUndefined();
  }
});
