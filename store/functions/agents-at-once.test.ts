import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { type Database, openDatabase } from '../database.ts';
import { openRace, type Race, type SqlCall } from '../testing/race.ts';
import { newRun, type TestRun } from '../testing/rows.ts';

let database: Database;
let race: Race;
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  database = openDatabase({ url, patienceMs: 5000 });
  race = openRace(url);
});
beforeEach(async () => {
  await database.query('DELETE FROM runs');
  await database.query('DELETE FROM subagents');
});
afterAll(async () => {
  await race.close();
  await database.close();
});

/** How many rows at most had a slot at one moment, by the times the functions wrote. */
const mostAtOnce = async (table: 'nodes' | 'subagents', sameAs = 'true'): Promise<number> => {
  const [row] = await database.query<{ most: number }>(
    `SELECT max(at_once)::integer AS most FROM (SELECT (SELECT count(*) FROM ${table} o WHERE ${sameAs}
       AND o.admitted_at <= a.admitted_at AND (o.ended_at IS NULL OR o.ended_at > a.admitted_at)) AS at_once
     FROM ${table} a WHERE a.admitted_at IS NOT NULL) AS moments`,
  );
  return row?.most ?? 0;
};

/** What a call returns that is made while another has run and not committed. */
const whileUncommitted = async <Value>([name, ...args]: SqlCall, between: () => Promise<unknown>, second: SqlCall) => {
  const client = await database.connect();
  await client.query('BEGIN');
  await client.query(`SELECT ${name}(${args.map((_, index) => `$${index + 1}`)})`, args);
  await between();
  let hasAnswered = false;
  const answer = race.rows<Value>(second).finally(() => {
    hasAnswered = true;
  });
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await until('the call to wait or to answer', async () => hasAnswered || (await database.query(waiting)).length > 0);
  await client.query('COMMIT');
  await client.end();
  return await answer;
};

describe('runs of scripts', () => {
  const admit = (cap: number) => race.rows<string>(['admit_runs', cap]);
  const end = (run: TestRun) => race.one(['settle_run', run.id, 'completed', null, null, null]);
  const newRuns = async (count: number) => {
    const runs: TestRun[] = [];
    for (let n = 0; n < count; n += 1) runs.push(await newRun(database));
    return runs;
  };
  const ids = (runs: readonly { id: string }[]) => runs.map(({ id }) => id);

  test('several processes that look at once admit as many as the cap allows, each once, the oldest first', async () => {
    const runs = await newRuns(12);
    const began: string[] = [];
    while (began.length < runs.length) {
      const told = (await Promise.all(Array.from({ length: 6 }, () => admit(3)))).flat();
      expect(told).toHaveLength(3);
      began.push(...told);
      await Promise.all(runs.filter(({ id }) => told.includes(id)).map(end));
    }
    expect(began.map((id) => Math.floor(ids(runs).indexOf(id) / 3))).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(new Set(began).size).toBe(12);
  });

  test('a paused run holds no slot and gets none; a smaller cap lets nobody in until there is room', async () => {
    const [first, second, third, fourth] = (await newRuns(4)) as [TestRun, TestRun, TestRun, TestRun];
    await race.one(['pause_run', second.id, true]);
    expect(await admit(2)).toEqual([first.id, third.id]);
    await race.one(['pause_run', first.id, true]);
    expect(await admit(2)).toEqual([fourth.id]);
    await race.one(['pause_run', second.id, false]);
    expect(await admit(2)).toEqual([]);
    await end(third);
    expect(await admit(1)).toEqual([]);
    await end(fourth);
    expect(await admit(1)).toEqual([second.id]);
  });
});

describe('agents of scripts', () => {
  const newAgents = async (count: number) => {
    const run = await newRun(database);
    const calls = Array.from({ length: count }, (_, ordinal) => ({ id: `c${ordinal}`, kind: 'agent', ordinal }));
    await race.one(['put_calls', run.id, calls]);
    return { run, keys: calls.map(({ id }) => run.key(id)) };
  };
  const end = (run: TestRun, key: string) =>
    race.one(['put_node', run.id, key, { step: key.split('/').at(-1), kind: 'agent', status: 'completed' }]);
  const enter = (key: string, cap: number) => race.one<boolean>(['enter_agent', key, cap]);
  const admit = (cap: number) => race.rows<string>(['admit_agents', cap]);
  const admitted = async () =>
    (
      await database.query<{ step: string }>('SELECT step FROM nodes WHERE admitted_at IS NOT NULL ORDER BY ordinal')
    ).map(({ step }) => step);

  test('come and go from several connections: never more than the cap, and each gets one slot', async () => {
    const cap = 4;
    const { run, keys } = await newAgents(50);
    const worked: string[] = [];
    const work = async (key: string) => {
      worked.push(key);
      await end(run, key);
    };
    const live = async (key: string) => {
      if (await enter(key, cap)) await work(key);
      for (const told of await admit(cap)) await work(told);
    };
    const chains = Array.from({ length: 8 }, (_, chain) => keys.filter((_, index) => index % 8 === chain));
    const entered = await race.all<boolean>(chains.map(([key]) => ['enter_agent', key, cap]));
    expect(entered.filter(Boolean)).toHaveLength(cap);
    await Promise.all(
      chains.map(async ([first = '', ...rest], index) => {
        if (entered[index]) await work(first);
        for (const key of rest) await live(key);
      }),
    );
    // Those that queued after the last admission.
    for (let told = await admit(cap); told.length; told = await admit(cap)) {
      await Promise.all(told.map(work));
    }
    expect(worked.toSorted()).toEqual(keys.toSorted());
    expect(await mostAtOnce('nodes')).toBe(cap);
  });

  test('enter at once: as many as the cap allows, and the same answer when asked again', async () => {
    for (let round = 0; round < 4; round++) {
      const { run, keys } = await newAgents(12);
      const entered = await race.all<boolean>(keys.map((key) => ['enter_agent', key, 3]));
      expect(entered.filter(Boolean)).toHaveLength(3);
      expect(await race.all(keys.map((key) => ['enter_agent', key, 3]))).toEqual(entered);
      await Promise.all(keys.map((key) => end(run, key)));
    }
  });

  test('are admitted at once by several: each is returned to one caller only', async () => {
    for (let round = 0; round < 3; round++) {
      const { run, keys } = await newAgents(12);
      await race.all(keys.map((key) => ['enter_agent', key, 0]));
      const told = (await Promise.all(Array.from({ length: 6 }, () => admit(5)))).flat();
      expect(told).toHaveLength(5);
      expect(new Set(told).size).toBe(5);
      await Promise.all(keys.map((key) => end(run, key)));
    }
  });

  test('get slots in the order they asked, and nobody overtakes those that wait', async () => {
    const { run, keys } = await newAgents(6);
    const [first = '', ...rest] = keys;
    expect(await enter(first, 1)).toBe(true);
    for (const key of rest.slice(0, 4)) expect(await enter(key, 1)).toBe(false);
    expect(await admit(1)).toEqual([]);
    await end(run, first);
    // A slot is free, but four were there before.
    expect(await enter(rest[4] ?? '', 1)).toBe(false);
    expect(await admit(1)).toEqual([rest[0]]);
    expect((await admit(3)).toSorted()).toEqual([rest[1], rest[2]]);
    expect(await admitted()).toEqual(['c0', 'c1', 'c2', 'c3']);
    // Asking again while it waits does not send it to the end of the queue.
    expect(await enter(rest[3] ?? '', 3)).toBe(false);
    expect(await admit(4)).toEqual([rest[3]]);
  });

  const queue = (key: string | undefined, at: string) =>
    database.query('UPDATE nodes SET queued_at = $2::timestamptz WHERE key = $1', [key, at]);

  test('an admission waits for one that has not committed', async () => {
    const { keys } = await newAgents(2);
    await queue(keys[0], 'now');
    const earlier = () => queue(keys[1], 'yesterday');
    expect(await whileUncommitted(['admit_agents', 1], earlier, ['admit_agents', 1])).toEqual([]);
    expect(await admitted()).toEqual(['c0']);
  });

  test('one that enters waits for an admission that has not committed', async () => {
    const { keys } = await newAgents(2);
    await queue(keys[0], 'now');
    const nothing = async () => {};
    expect(await whileUncommitted(['admit_agents', 1], nothing, ['enter_agent', keys[1], 1])).toEqual([false]);
    expect(await admitted()).toEqual(['c0']);
  });

  test('an admission waits for one that enters and has not committed', async () => {
    const { keys } = await newAgents(2);
    const other = () => queue(keys[1], 'now');
    expect(await whileUncommitted(['enter_agent', keys[0], 1], other, ['admit_agents', 1])).toEqual([]);
    expect(await admitted()).toEqual(['c0']);
  });

  test('are returned again after 5 s, until they have a session or have ended', async () => {
    const { run, keys } = await newAgents(3);
    await race.all(keys.map((key) => ['enter_agent', key, 0]));
    expect(await admit(3)).toHaveLength(3);
    const longAgo = () => database.query(`UPDATE nodes SET told_at = told_at - interval '6 s'`);
    expect(await admit(3)).toEqual([]);
    await longAgo();
    await database.query('UPDATE nodes SET session_id = $2 WHERE key = $1', [keys[0], 's']);
    await end(run, keys[1] ?? '');
    expect(await admit(3)).toEqual([keys[2]]);
    expect(await admit(3)).toEqual([]);
  });
});

describe('subagents', () => {
  const spawn = async (parent: string, sessionId: string | null = null): Promise<string> => {
    const id = `a_${randomUUID()}`;
    if (sessionId) {
      await database.query('INSERT INTO streams (id) VALUES ($1)', [`session/${sessionId}`]);
      await database.query(
        `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow) VALUES ($1, $2, '', '/', 'a', 'm', '{}')`,
        [sessionId, `session/${sessionId}`],
      );
    }
    await database.query(
      `INSERT INTO subagents (id, parent_session, turn, session_id, label, agent, model, depth, on_parent_end)
       VALUES ($1, $2, 1, $3, '', 'a', 'm', 1, 'leave')`,
      [id, parent, sessionId],
    );
    return id;
  };
  const end = (id: string) =>
    database.query(`UPDATE subagents SET status = 'completed', ended_at = clock_timestamp() WHERE id = $1`, [id]);
  const admit = (each: number, all: number) => race.rows<string>(['admit_subagents', each, all]);

  test('come and go from several connections: never more than each parent and all may have, each admitted once', async () => {
    const parents = ['p1', 'p2', 'p3', 'p4'];
    const ids: string[] = [];
    for (const parent of parents) for (let count = 0; count < 12; count++) ids.push(await spawn(parent));
    const worked: string[] = [];
    const live = async () => {
      while (worked.length < ids.length) {
        const next = await admit(2, 5);
        worked.push(...next);
        await Promise.all(next.map(end));
      }
    };
    await Promise.all(Array.from({ length: 6 }, live));
    expect(worked.toSorted()).toEqual(ids.toSorted());
    expect(await mostAtOnce('subagents')).toBe(5);
    expect(await mostAtOnce('subagents', 'o.parent_session = a.parent_session')).toBe(2);
  });

  test('an admission waits for one that has not committed', async () => {
    const [earlier, later] = [await spawn('a'), await spawn('b')];
    const unqueue = (at: string | null) =>
      database.query('UPDATE subagents SET ended_at = $1, status = $2 WHERE id = $3', [
        at,
        at ? 'completed' : 'queued',
        earlier,
      ]);
    await unqueue('now');
    // As if its spawn had committed late: places are given before commits.
    const appear = () => unqueue(null);
    expect(await whileUncommitted(['admit_subagents', 1, 1], appear, ['admit_subagents', 1, 1])).toEqual([]);
    await end(later);
    expect(await admit(1, 1)).toEqual([earlier]);
  });

  test('are admitted in the order they were spawned', async () => {
    const [a1, a2, b1, a3, b2] = [
      await spawn('a'),
      await spawn('a'),
      await spawn('b'),
      await spawn('a'),
      await spawn('b'),
    ];
    expect(await admit(1, 1)).toEqual([a1]);
    expect(await admit(1, 10)).toEqual([b1]);
    expect(await admit(2, 3)).toEqual([a2]);
    await end(a1);
    expect(await admit(2, 3)).toEqual([a3]);
    expect(await admit(2, 4)).toEqual([b2]);
  });

  test('that were asked to stop or have ended get no slot', async () => {
    const [stopping, ended, queued] = [await spawn('a'), await spawn('a'), await spawn('a')];
    await database.query('UPDATE subagents SET cancel_asked_at = now() WHERE id = $1', [stopping]);
    await end(ended);
    expect(await admit(10, 10)).toEqual([queued]);
  });

  test('that wait for subagents of their own count for their parent only', async () => {
    const outer = await spawn('a', 's_outer');
    expect(await admit(1, 1)).toEqual([outer]);
    const [sibling, inner, second] = [await spawn('a'), await spawn('s_outer'), await spawn('s_outer')];
    expect(await admit(1, 1)).toEqual([inner]);
    expect(await admit(1, 1)).toEqual([]);
    await end(inner);
    expect(await admit(1, 1)).toEqual([second]);
    await end(second);
    expect(await admit(1, 1)).toEqual([]);
    await end(outer);
    expect(await admit(1, 1)).toEqual([sibling]);
  });
});
