import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import { tailSession } from '../client/tail.ts';
import { isConversation } from '../contracts/chunks.ts';
import { nothingKnown } from '../contracts/model-facts.ts';
import { inOneLine } from '../contracts/one-line.ts';
import type { SessionView } from '../contracts/view.ts';
import { reduce } from '../contracts/view.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ models: ['cheap', 'free'] });
  const client = (model: string) =>
    createModelClient({ baseUrl: stack.model.url, apiKey: null, model, timeoutMs: 60_000 });
  const price = { value: { input: 1, output: 10, cacheRead: 0.1 }, asOf: '2026-01-01', source: 'a bill' };
  await stack.startWorker({
    models: createModels([client('cheap'), client('free')], (name) => ({
      key: `key of ${name}`,
      facts: { ...nothingKnown, price: name === 'cheap' ? price : null },
    })),
  });
});
afterAll(() => stack.close());

let count = 0;
const script = (...replies: object[]): string => {
  count += 1;
  const prompt = `prompt${count}x`;
  stack.model.script(
    replies.map((reply) => ({ reply })),
    prompt,
  );
  return prompt;
};

const idle = (id: string, turns: number) =>
  until(`turn ${turns} of ${id}`, async () => {
    const { session, view } = await stack.api.getSession(id);
    return session.turns === turns && session.status === 'idle' && { session, view };
  });

const usage = (prompt_tokens: number, completion_tokens: number, cached_tokens = 0) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  prompt_tokens_details: { cached_tokens },
});

/** A session with a turn of a tool call and an answer. */
const talk = async (answer = 'Done.', ...more: object[]) => {
  const prompt = script(
    { toolCalls: [{ name: 'list_files', arguments: {} }], usage: usage(100, 10, 40) },
    { text: answer, usage: usage(200, 20, 100) },
    ...more,
  );
  const { id } = await stack.api.createSession({ title: inOneLine(answer) });
  await stack.api.sendMessage(id, { text: prompt });
  return { id, prompt, ...(await idle(id, 1)) };
};

const sumOfTwo = { input: 300, output: 30, cacheRead: 140, cacheWrite: 0, reasoning: 0, requests: 2, estimated: 0 };

describe('usage', () => {
  test('the list has the sums of each session and its last request; null before the first', async () => {
    const { id } = await talk();
    const empty = await stack.api.createSession({ title: 'empty' });
    const { sessions } = await stack.api.listSessions();
    const of = (wanted: string) => sessions.find((session) => session.id === wanted)?.usage;
    expect(of(empty.id)).toBeNull();
    expect(of(id)).toMatchObject({ ...sumOfTwo, last: { input: 200, output: 20, cacheRead: 100, cacheWrite: 0 } });
    expect(of(id)?.cost).toBeCloseTo((160 * 1 + 140 * 0.1 + 30 * 10) / 1e6, 10);
    expect(of(id)).toEqual((await stack.api.getSession(id)).view.usage);
  });

  test('events add to the seed, and are counted once however often they come', async () => {
    const { id } = await talk('Done.', { text: 'More.', usage: usage(50, 5) });
    let view: SessionView | undefined;
    const done = new AbortController();
    const seeded = (await stack.api.getSession(id)).view;
    await stack.api.sendMessage(id, { text: 'again' });
    await idle(id, 2);
    await tailSession(stack.api, id, {
      signal: AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]),
      after: 0,
      onSnapshot: () => {},
      onEvent: (event) => {
        // Everything from the beginning, on a seed that has the first turn already, and each event twice.
        view = reduce(reduce(view ?? seeded, event), event);
        if (event.event.type === 'turn.settled' && event.event.turn === 2) done.abort();
      },
    });
    expect(view?.usage).toEqual((await stack.api.getSession(id)).view.usage);
    expect(view?.usage).toMatchObject({ requests: 3, input: 350, last: { input: 50 } });
  });

  test('a provider that reports nothing: an estimate, marked as one', async () => {
    const prompt = script({ text: 'Four words of answer', usage: null });
    const { id } = await stack.api.createSession({});
    await stack.api.sendMessage(id, { text: prompt });
    const { session } = await idle(id, 1);
    expect(session.usage).toMatchObject({ requests: 1, estimated: 1 });
    expect(session.usage?.input).toBeGreaterThan(100);
    const { requests } = await stack.api.listRequests(id);
    expect(requests).toMatchObject([{ usage: { isEstimated: true, output: 5 }, key: 'key of cheap' }]);
  });

  test('usage that grows with each event of a stream, from an empty placeholder on, is one request', async () => {
    const event = (content: string, finish_reason: string | null, counts: object) => ({
      id: 'x',
      choices: [{ index: 0, delta: { content }, finish_reason }],
      usage: counts,
    });
    const prompt = script({
      events: [event('One', null, usage(0, 0)), event(' two', null, usage(90, 1)), event('.', 'stop', usage(90, 3))],
    });
    const { id } = await stack.api.createSession({});
    await stack.api.sendMessage(id, { text: prompt });
    expect((await idle(id, 1)).session.usage).toMatchObject({ requests: 1, input: 90, output: 3, estimated: 0 });
  });

  test('what a model without a price costs is unknown, not nothing', async () => {
    const { id } = await stack.api.createSession({});
    await stack.api.updateSession(id, { model: 'free' });
    await stack.api.sendMessage(id, { text: script({ text: 'x', usage: usage(5, 5) }) });
    expect((await idle(id, 1)).session.usage).toMatchObject({ cost: null, unpriced: 1, requests: 1 });
  });

  test('each request has the length that was noted before it; readable while the turn runs', async () => {
    const prompt = script({ toolCalls: [{ name: 'list_files', arguments: {} }], usage: usage(100, 10) });
    stack.model.script(
      [{ reply: { text: 'Late.', usage: usage(120, 2) }, pauseAfter: { pieces: 1, gate: prompt } }],
      prompt,
    );
    const { id } = await stack.api.createSession({});
    await stack.api.sendMessage(id, { text: prompt });
    await stack.model.reached(prompt);
    const during = await stack.api.listRequests(id);
    expect(during.requests).toMatchObject([{ turn: 1, step: 1, noted: { messages: 2 }, usage: { input: 100 } }]);
    expect(await stack.api.listRequests(id)).toEqual(during);
    stack.model.open(prompt);
    await idle(id, 1);
    const { requests } = await stack.api.listRequests(id);
    expect(requests.map(({ noted }) => noted?.messages)).toEqual([2, 4]);
    expect(requests[1]?.noted?.tokens).toBeGreaterThan(requests[0]?.noted?.tokens ?? 0);
    const page = await stack.api.listRequests(id, { limit: 1 });
    expect(page.requests).toHaveLength(1);
    expect((await stack.api.listRequests(id, { cursor: page.nextCursor ?? '' })).requests).toMatchObject([{ step: 2 }]);
  });

  test('the report adds up by each dimension, and keeps what a deleted session used', async () => {
    const { id } = await talk();
    const before = await stack.api.usageReport({ by: 'day' });
    for (const by of ['day', 'model', 'key', 'agent', 'session', 'run', 'day,model']) {
      const { rows, total, isCut } = await stack.api.usageReport({ by });
      expect(isCut).toBe(false);
      expect(rows.reduce((sum, row) => sum + row.input, 0)).toBe(total.input);
      expect(Object.keys(rows[0]?.of ?? {})).toEqual(by.split(','));
    }
    expect((await stack.api.usageReport({ by: 'session', session: id })).rows).toMatchObject([
      { of: { session: id }, input: 300, requests: 2 },
    ]);
    expect((await stack.api.usageReport({ by: 'key', session: id })).rows).toMatchObject([
      { of: { key: 'key of cheap' } },
    ]);
    expect((await stack.api.usageReport({ from: '2030-01-01' })).rows).toEqual([]);
    await stack.api.deleteSession(id);
    expect((await stack.api.usageReport({ by: 'day' })).total).toEqual(before.total);
    const csv = await fetch(`${stack.baseUrl}/api/usage?by=day,model&format=csv`, {
      headers: { authorization: `Bearer ${stack.token}` },
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect((await csv.text()).split('\r\n')[0]).toBe(
      'day,model,requests,input,output,cacheRead,cacheWrite,reasoning,cost,estimated,unpriced',
    );
    await expect(stack.api.usageReport({ by: 'moon' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(stack.api.usageReport({ from: 'yesterday' })).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('changing a session', () => {
  test('model, agent and permissions change between turns, and the transcript and the audit log say so', async () => {
    const { id, prompt } = await talk('Done.', { text: 'By the other.', usage: usage(1, 1) });
    const changed = await stack.api.updateSession(id, { model: 'free', allow: ['run', 'write', 'run'] });
    expect(changed).toMatchObject({ model: 'free', allow: ['run', 'write'] });
    await stack.api.sendMessage(id, { text: 'go on' });
    const { view } = await idle(id, 2);
    const said = view.chunks.flatMap(({ turn, body }) =>
      body.kind === 'system' ? [[turn, body.label, body.text]] : [],
    );
    expect(said).toEqual([
      [1, 'model-changed', 'The session continues with the model "free" instead of "cheap".'],
      [1, 'notice', 'From here on the agent may run, write unasked, before: nothing.'],
    ]);
    expect(stack.model.requests(prompt).map(({ body }) => body.model)).toEqual(['cheap', 'cheap', 'free']);
    const { records } = await stack.api.listAudit({ target: id, action: 'session.change' });
    expect(records).toMatchObject([{ detail: { model: 'free', allow: ['run', 'write'] } }]);
    expect(stack.model.failures).toEqual([]);
  });

  test('a viewer that follows sees the change', async () => {
    const { id, view: seed } = await talk();
    await stack.api.updateSession(id, { model: 'free' });
    const done = new AbortController();
    let view = seed;
    await tailSession(stack.api, id, {
      signal: AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]),
      after: seed.position,
      onSnapshot: () => {},
      onEvent: (event) => {
        view = reduce(view, event);
        if (event.event.type === 'session.changed') done.abort();
      },
    });
    expect(view.chunks).toEqual((await stack.api.getSession(id)).view.chunks);
  });

  test('before the first turn it is told at its beginning', async () => {
    const { id } = await stack.api.createSession({});
    await stack.api.updateSession(id, { model: 'free' });
    await stack.api.sendMessage(id, { text: script({ text: 'x', usage: usage(1, 1) }) });
    const { view } = await idle(id, 1);
    expect(view.chunks.map(({ turn, body }) => [turn, body.kind])).toEqual([
      [1, 'system'],
      [1, 'text'],
      [1, 'text'],
    ]);
  });

  test('while a turn runs, its model stays, and a refused change changes nothing, not even the title', async () => {
    const prompt = `busy${count}`;
    stack.model.script([{ reply: { text: 'Slow.' }, pauseAfter: { pieces: 1, gate: prompt } }], prompt);
    const { id } = await stack.api.createSession({ title: 'before' });
    await stack.api.sendMessage(id, { text: prompt });
    await stack.model.reached(prompt);
    for (const change of [{ model: 'free', title: 'after' }, { archived: true }]) {
      await expect(stack.api.updateSession(id, change)).rejects.toMatchObject({ code: 'session_busy' });
    }
    expect((await stack.api.getSession(id)).session).toMatchObject({ title: 'before', model: 'cheap', allow: [] });
    expect(await stack.api.updateSession(id, { title: 'renamed' })).toMatchObject({ title: 'renamed' });
    expect(await stack.api.updateSession(id, { allow: ['run'] })).toMatchObject({ allow: ['run'] });
    stack.model.open(prompt);
    await idle(id, 1);
  });

  test.each([
    [{ model: 'nobody' }, 'model_unknown'],
    [{ agent: 'nobody' }, 'agent_not_found'],
    [{ allow: ['everything'] }, 'bad_request'],
    [{}, 'bad_request'],
    [{ model: 'free', workspace: '/' }, 'bad_request'],
  ])('%j is refused with %s', async (change, code) => {
    const { id } = await stack.api.createSession({});
    await expect(stack.api.updateSession(id, change as never)).rejects.toMatchObject({ code });
  });
});

describe('archive', () => {
  test('an archived session is in its own list; a message brings it back', async () => {
    const { id } = await talk('Done.', { text: 'Back.', usage: usage(1, 1) });
    expect((await stack.api.updateSession(id, { archived: true })).archivedAt).not.toBeNull();
    const ids = async (archived?: 'true') =>
      (await stack.api.listSessions({ limit: 200, ...(archived ? { archived } : {}) })).sessions.map(
        (session) => session.id,
      );
    expect(await ids()).not.toContain(id);
    expect(await ids('true')).toEqual([id]);
    await stack.api.sendMessage(id, { text: 'back' });
    await idle(id, 2);
    expect(await ids()).toContain(id);
    expect(await ids('true')).toEqual([]);
  });

  test('pages neither lose nor repeat a session, whatever the microsecond', async () => {
    const all = (await stack.api.listSessions({ limit: 200 })).sessions.map((session) => session.id);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await stack.api.listSessions({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.sessions.map((session) => session.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);
    await expect(stack.api.listSessions({ cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'bad_request' });
  });
});

const exported = async (id: string): Promise<string> => await new Response(await stack.api.exportSession(id)).text();
const conversation = async (id: string) =>
  (await stack.store.chunks.page(id, { limit: 1000 })).chunks
    .filter(isConversation)
    .map(({ seq: _, ...chunk }) => chunk);

describe('export and import', () => {
  test('give an equal conversation, which goes on; usage stays where it was paid', async () => {
    const goesOn = { text: 'Goes on.', usage: usage(1, 1) };
    const { id, prompt } = await talk('Exported "answer" with \u2028 and 漢字.', goesOn);
    await stack.api.updateSession(id, { allow: ['run'] });
    const before = await stack.api.usageReport({});
    const text = await exported(id);
    const made = await stack.api.importSession(text);
    expect(made).toMatchObject({ turns: 1, skippedUsage: 2 });
    expect(await conversation(made.id)).toEqual(await conversation(id));
    const { session, view } = await stack.api.getSession(made.id);
    expect(session).toMatchObject({ turns: 1, status: 'idle', usage: null, model: 'cheap', allow: [] });
    expect(view.turns[1]).toMatchObject({ status: 'completed' });
    expect((await stack.api.usageReport({})).total).toEqual(before.total);
    // A second trip changes nothing any more.
    const again = await stack.api.importSession(await exported(made.id));
    expect(await conversation(again.id)).toEqual(await conversation(id));
    await stack.api.sendMessage(made.id, { text: 'go on' });
    await idle(made.id, 2);
    expect(stack.model.requests(prompt).at(-1)?.body.messages.length).toBe(6);
    expect(stack.model.failures).toEqual([]);
  });

  test('the same key imports once', async () => {
    const text = await exported((await talk()).id);
    const first = await stack.api.importSession(text, {}, { idempotencyKey: 'same' });
    expect(await stack.api.importSession(text, {}, { idempotencyKey: 'same' })).toEqual(first);
  });

  const head = {
    type: 'session',
    version: 1,
    title: 't',
    agent: 'default',
    model: 'm',
    allow: ['run'],
    workspace: '/',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  const turn = {
    type: 'turn',
    turn: 1,
    status: 'completed',
    code: null,
    startedAt: head.createdAt,
    endedAt: head.createdAt,
  };
  const chunk = {
    type: 'chunk',
    turn: 1,
    step: 0,
    ordinal: 0,
    at: head.createdAt,
    body: { kind: 'text', role: 'user', text: 'hi' },
  };
  const end = { type: 'end', turns: 1, chunks: 1 };
  const lines = (...all: unknown[]): string =>
    all.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

  const epoch = {
    type: 'epoch',
    epoch: 1,
    kind: 'compact',
    turn: 1,
    step: 0,
    summary: 'All of it.',
    reason: 'asked',
    failed: null,
    predicted: { before: 9, after: 3, reread: 3, cost: null },
    made: { turn: 1, step: 1 },
    at: head.createdAt,
  };
  const withEpochs = (...epochs: object[]): string =>
    lines(head, turn, chunk, ...epochs, { ...end, epochs: epochs.length });

  test('epochs of the context are taken, with characters that Postgres can keep', async () => {
    const prune = { ...epoch, epoch: 2, kind: 'prune', summary: null };
    const { id } = await stack.api.importSession(withEpochs({ ...epoch, summary: 'a\u0000b' }, prune));
    expect((await stack.api.getContext(id)).epochs).toMatchObject([
      { epoch: 1, kind: 'compact', summary: 'a\ufffdb', isStamped: true, usage: null, made: { turn: 1, step: 1 } },
      { epoch: 2, kind: 'prune', summary: null, predicted: epoch.predicted, createdAt: head.createdAt },
    ]);
  });

  test('a file written by hand is taken; what it may do is not', async () => {
    const { id } = await stack.api.importSession(lines(head, turn, chunk, end));
    expect((await stack.api.getSession(id)).session).toMatchObject({
      allow: [],
      agent: 'default',
      workspace: stack.workspace,
    });
  });

  test.each<[string, string, number]>([
    ['an epoch that is not counted', lines(head, turn, chunk, epoch, end), 5],
    ['an epoch of a turn that is not there', withEpochs({ ...epoch, made: { turn: 2, step: 1 } }), 4],
    ['an epoch out of order', withEpochs({ ...epoch, epoch: 2 }), 4],
    ['an epoch that reaches beyond its maker', withEpochs({ ...epoch, step: 2 }), 4],
    ['a compaction without a summary', withEpochs({ ...epoch, summary: null }), 4],
    ['a prune with a summary', withEpochs({ ...epoch, kind: 'prune' }), 4],
    ['a summary of what came to nothing', withEpochs({ ...epoch, failed: 'why' }), 4],
    ['an epoch that has usage', withEpochs({ ...epoch, usage: null }), 4],
    ['an unknown field in an epoch', withEpochs({ ...epoch, predicted: { ...epoch.predicted, more: 1 } }), 4],
    ['nothing', '', 1],
    ['no end', lines(head, turn, chunk), 4],
    ['a cut line', lines(head, turn).concat('{"type":"chu'), 3],
    ['not JSON', lines(head, 'rubbish'), 2],
    ['no head', lines(turn, chunk, end), 1],
    ['two heads', lines(head, head), 2],
    ['another version', lines({ ...head, version: 2 }), 1],
    ['an unknown field', lines({ ...head, permissions: [] }), 1],
    ['an unknown field in a body', lines(head, turn, { ...chunk, body: { ...chunk.body, run: 'rm' } }, end), 3],
    ['an unknown kind of line', lines(head, { type: 'command', argv: ['rm'] }), 2],
    ['a turn that runs', lines(head, { ...turn, status: 'running' }), 2],
    ['a turn out of order', lines(head, { ...turn, turn: 2 }), 2],
    [
      'a field of 5,000 levels',
      lines(
        head,
        turn,
        JSON.stringify(chunk).replace(
          '"text":',
          `"attached":{"from":"k/m","message":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}},"text":`,
        ),
        end,
      ),
      3,
    ],
    ['a turn that is huge', lines(head, { ...turn, turn: 2 ** 40 }), 2],
    ['a chunk without its turn', lines(head, chunk, end), 2],
    ['two chunks at one place', lines(head, turn, chunk, chunk, { ...end, chunks: 2 }), 4],
    ['a chunk at no time', lines(head, turn, { ...chunk, at: '0000-01-01T00:00:00.000Z' }), 3],
    ['an ordinal beyond Postgres', lines(head, turn, { ...chunk, ordinal: 2 ** 33 }), 3],
    ['an image', lines(head, turn, { ...chunk, body: { kind: 'image', role: 'user', attachmentId: 'x' } }), 3],
    ['a count that is wrong', lines(head, turn, chunk, { ...end, chunks: 7 }), 4],
    ['more after the end', lines(head, turn, chunk, end, chunk), 5],
    ['an array', lines([]), 1],
    ['a prototype', lines(head, '{"type":"turn","__proto__":{"turn":1}}'), 2],
  ])('%s is refused with the number of its line', async (_what, text, line) => {
    const { sessions } = await stack.api.listSessions({ limit: 200 });
    const failure = await stack.api.importSession(text || '\n').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'import_invalid', details: { line } });
    expect((await stack.api.listSessions({ limit: 200 })).sessions).toHaveLength(sessions.length);
  });

  test('characters that Postgres cannot keep are replaced, as everywhere', async () => {
    const text = 'a\u0000b\ud800c';
    const { id } = await stack.api.importSession(
      lines({ ...head, title: text }, turn, { ...chunk, body: { ...chunk.body, text } }, end),
    );
    expect(JSON.stringify(await conversation(id))).toContain('a\ufffdb\ufffdc');
  });
});

describe('search', () => {
  test('finds what was said, ranked, with the place marked', async () => {
    const once = await talk('The zeppelin landed once.');
    const often = await talk('Zeppelin, zeppelin and zeppelins: the zeppelin fleet.');
    const { results } = await stack.api.searchTranscripts({ q: 'zeppelin' });
    expect(results.map(({ sessionId }) => sessionId)).toEqual([often.id, once.id]);
    expect(results[1]).toMatchObject({ turn: 1, title: 'The zeppelin landed once.' });
    expect(results[1]?.snippet.filter(({ isMatch }) => isMatch).map(({ text }) => text)).toEqual(['zeppelin']);
    const found = async (q: string) =>
      (await stack.api.searchTranscripts({ q })).results.map(({ sessionId }) => sessionId);
    expect(await found('"zeppelin fleet"')).toEqual([often.id]);
    expect(await found('zeppelin -fleet')).toEqual([once.id]);
    expect(await found('zeppel')).toHaveLength(2);
    expect(await found('landing zeppelins')).toEqual([once.id]);
    await stack.api.updateSession(once.id, { archived: true });
    expect(await found('zeppelin')).toEqual([often.id]);
    expect((await stack.api.searchTranscripts({ q: 'zeppelin', archived: 'true' })).results).toHaveLength(2);
    const fork = await stack.api.forkSession(often.id, {});
    expect(await found('zeppelin')).toContain(fork.id);
    await stack.api.deleteSession(often.id);
    expect(await found('zeppelin')).toEqual([fork.id]);
  });

  test('finds parts of paths and types, quoted words, and words of scripts without blanks', async () => {
    const { id } = await talk('病院は機能していない。See src/ledger/quagga.ts: “zeitgeist” — in List<Quetzal>, naïve.');
    const found = async (q: string) => (await stack.api.searchTranscripts({ q })).results;
    for (const q of [
      'quagga.ts',
      'ledger/quagga',
      '"src/ledger/quagga.ts"',
      'zeitgeist',
      'Quetzal',
      '--zeitgeist',
      'naïve',
    ])
      expect
        .soft(
          (await found(q)).map(({ sessionId }) => sessionId),
          q,
        )
        .toEqual([id]);
    for (const q of ['病院', '機能', '"機能して" zeitgeist'])
      expect
        .soft(
          (await found(q)).map(({ sessionId }) => sessionId),
          q,
        )
        .toEqual([id]);
    for (const q of ['院病', 'quagga -ledger/quagga.ts', 'quagga.js']) expect.soft(await found(q), q).toEqual([]);
    const marked = (await found('quagga.ts'))[0]?.snippet.filter(({ isMatch }) => isMatch).map(({ text }) => text);
    expect(marked).toEqual(['quagga', 'ts']);
  });

  test('a session with many newer turns does not hide the others, and archived ones do not either', async () => {
    const { id: older } = await talk('A kumquat.');
    const { id: busy } = await stack.api.createSession({ title: 'busy' });
    await stack.store.database.query(
      `INSERT INTO turn_words (session_id, turn, words) SELECT $1, n, to_tsvector('english', 'kumquat') FROM generate_series(1, 3000) AS n`,
      [busy],
    );
    const found = async () => {
      const { results, isComplete } = await stack.api.searchTranscripts({ q: 'kumquat' });
      expect(isComplete).toBe(true);
      return results.map(({ sessionId }) => sessionId).sort();
    };
    expect(await found()).toEqual([older, busy].sort());
    await stack.api.updateSession(busy, { archived: true });
    expect(await found()).toEqual([older]);
  });

  test.each([`'`, `' | x`, ':*', '\\', '!!', '((', '<->', 'the', '"', '%', "a':*", 'x & | y', '-', '\u0007'])(
    'what a person may type is never an error: %s',
    async (q) => {
      expect(Array.isArray((await stack.api.searchTranscripts({ q })).results)).toBe(true);
    },
  );

  test('an imported session is found, and text of a million words is taken', async () => {
    const { id } = await talk('quokka');
    const { id: imported } = await stack.api.importSession(`\uFEFF${await exported(id)}`);
    expect((await stack.api.searchTranscripts({ q: 'quokka' })).results.map(({ sessionId }) => sessionId)).toContain(
      imported,
    );
    const long = Array.from({ length: 90_000 }, (_, n) => n.toString(36)).join('-');
    const { id: big } = await stack.api.createSession({});
    await stack.api.sendMessage(big, {
      text: `${script({ text: long.slice(0, 190_000), usage: usage(1, 1) })} ${'漢 '.repeat(9000)}`,
    });
    await idle(big, 1);
  });
});

describe('prune', () => {
  test('lists by default, deletes when told, and takes nothing that is in use', async () => {
    const { id } = await talk();
    const young = await talk();
    await stack.store.database.query(`UPDATE sessions SET updated_at = now() - interval '40 days' WHERE id = $1`, [id]);
    const policy = { idleDays: 30 };
    expect((await stack.api.prune({})).items).toEqual([]);
    const dry = await stack.api.prune({ policy });
    expect(dry).toMatchObject({ dryRun: true, items: [{ id, kind: 'session', because: 'idle' }], isCut: false });
    expect((await stack.api.getSession(id)).session.id).toBe(id);
    expect((await stack.api.prune({ dryRun: false, policy })).items).toHaveLength(1);
    await expect(stack.api.getSession(id)).rejects.toMatchObject({ code: 'session_not_found' });
    expect((await stack.api.getSession(young.id)).session.id).toBe(young.id);
    const { records } = await stack.api.listAudit({ target: id, action: 'session.prune' });
    expect(records).toHaveLength(1);
    await expect(stack.api.prune({ policy: { idleDays: 0 } })).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('archived sessions go by the day they were archived', async () => {
    const { id } = await talk();
    await stack.api.updateSession(id, { archived: true });
    await stack.store.database.query(
      `UPDATE sessions SET updated_at = now() - interval '99 days', archived_at = now() - interval '5 days' WHERE id = $1`,
      [id],
    );
    expect((await stack.api.prune({ policy: { idleDays: 30, archivedDays: 9 } })).items).toEqual([]);
    expect((await stack.api.prune({ policy: { archivedDays: 4 } })).items).toMatchObject([{ id, because: 'archived' }]);
  });
});
