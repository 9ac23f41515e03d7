import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { now } from '../../clock.ts';
import { planText } from '../../model/plan.ts';
import type { LoggedRequest } from '../../model/server.ts';
import { type OurStack, startOurs } from '../../ours/stack.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { openOurTalk } from '../ours/talk.ts';

/** The second request of the turn is cut off: a model call and a tool call are finished by then. */
const cutStep = 2;

type Crash = { afterKillMs: number; askedAgainMs: number; requests: number; finishedRepeated: number };

const requestsOf = async ({ servers }: Field, id: string): Promise<LoggedRequest[]> =>
  (await (await fetch(new URL(`/log/${id}`, servers.modelUrl))).json()) as LoggedRequest[];

const until = async <Result>(look: () => Promise<Result | undefined>): Promise<Result> => {
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    await delay(5);
  }
};

/** Until a stack of one worker has loaded the next one. */
const spareMs = 10_000;

/** Pid of the worker that has the request. */
const holder = async ({ databaseUrl, processes }: OurStack): Promise<number> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ worker_id: string }>(
      `SELECT worker_id FROM operations WHERE state = 'open' AND task_token IS NOT NULL`,
    );
    const name = rows[0]?.worker_id.replace(/-[0-9a-f]+$/, '') ?? '';
    const pid = processes()[name];
    if (pid === undefined) throw new Error(`The stack has no worker "${name}" to kill`);
    return pid;
  } finally {
    await client.end();
  }
};

/** A stack of its own each time: the supervisor's pause grows with each death of a worker, and here each is the first. */
const crashOnce = async (field: Field, number: number, workers: number): Promise<Crash> => {
  const env = { EVERTURN_WORKERS: String(workers) };
  const stack = await startOurs(field.servers, field.closing, `crash${workers}x${number}`, {}, env);
  await delay(spareMs);
  const talk = await openOurTalk(stack);
  const id = randomUUID();
  const streaming = Promise.withResolvers<void>();
  talk.onEvent((event) => {
    if (event.type === 'delta' && event.step === cutStep) streaming.resolve();
  });
  const done = talk.turn(planText({ id, hold: cutStep })).then(() => now());
  await streaming.promise;
  const held = await until(async () => (await requestsOf(field, id)).find(({ step }) => step === cutStep));
  process.kill(await holder(stack), 'SIGKILL');
  const killedAt = now();
  const endedAt = await done;
  const requests = await requestsOf(field, id);
  const again = requests.find(({ step, startedAt }) => step === cutStep && startedAt > held.startedAt);
  if (!again) throw new Error('The turn ended without its cut request being made again');
  await talk.close();
  await stack.stop();
  const ownMs = (again.endedAt ?? endedAt) - again.startedAt;
  return {
    afterKillMs: endedAt - killedAt - ownMs,
    askedAgainMs: again.startedAt - killedAt,
    requests: requests.length,
    finishedRepeated: requests.filter(({ step }) => step !== cutStep).length - 1,
  };
};

const sectionOf = async (
  field: Field,
  { rounds, progress }: BenchOptions,
  { workers, targetMs }: { workers: number; targetMs: number },
): Promise<Section> => {
  const crashes: Crash[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`  crash ${round + 1} of ${rounds}, ${workers === 1 ? '1 worker' : `${workers} workers`}`);
    crashes.push(await crashOnce(field, round, workers));
  }
  const after = spreadOf(crashes.map(({ afterKillMs }) => afterKillMs));
  const asked = spreadOf(crashes.map(({ askedAgainMs }) => askedAgainMs));
  const repeated = crashes.reduce((sum, { finishedRepeated }) => sum + finishedRepeated, 0);
  const which = workers === 1 ? 'the worker' : `one of ${workers} workers`;
  return {
    title: `kill -9 of ${which} in the middle of a model call, ${rounds} times`,
    figures: [
      { label: 'until the reply, less the repeated call', ...after, value: after.median, unit: 'ms', target: targetMs },
      { label: 'until the model is asked again', ...asked, value: asked.median, unit: 'ms' },
      { label: 'finished model calls repeated', value: repeated, unit: '', target: 0 },
    ],
  };
};

export const measureCrash = async (field: Field, options: BenchOptions): Promise<Section[]> => [
  await sectionOf(field, options, { workers: 1, targetMs: 1000 }),
  await sectionOf(field, options, { workers: 2, targetMs: 300 }),
];
