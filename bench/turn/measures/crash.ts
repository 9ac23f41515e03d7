import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../../clock.ts';
import { planText } from '../../model/plan.ts';
import type { LoggedRequest } from '../../model/server.ts';
import { startOurs } from '../../ours/stack.ts';
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

/** A stack of its own each time: the supervisor's pause grows with each death of a worker, and here each is the first. */
const crashOnce = async (field: Field, number: number): Promise<Crash> => {
  const stack = await startOurs(field.servers, field.closing, `crash${number}`);
  const talk = await openOurTalk(stack);
  const id = randomUUID();
  const streaming = Promise.withResolvers<void>();
  talk.onEvent((event) => {
    if (event.type === 'delta' && event.step === cutStep) streaming.resolve();
  });
  const done = talk.turn(planText({ id, hold: cutStep })).then(() => now());
  await streaming.promise;
  const held = await until(async () => (await requestsOf(field, id)).find(({ step }) => step === cutStep));
  const worker = stack.processes()['worker-1'];
  if (worker === undefined) throw new Error('The stack has no worker to kill');
  process.kill(worker, 'SIGKILL');
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

export const measureCrash = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const crashes: Crash[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress(`  crash ${round + 1} of ${rounds}`);
    crashes.push(await crashOnce(field, round));
  }
  const after = spreadOf(crashes.map(({ afterKillMs }) => afterKillMs));
  const asked = spreadOf(crashes.map(({ askedAgainMs }) => askedAgainMs));
  const repeated = crashes.reduce((sum, { finishedRepeated }) => sum + finishedRepeated, 0);
  return [
    {
      title: `kill -9 of the worker in the middle of a model call, ${rounds} times`,
      figures: [
        { label: 'until the reply, less the repeated call', ...after, value: after.median, unit: 'ms', target: 1000 },
        { label: 'until the model is asked again', ...asked, value: asked.median, unit: 'ms' },
        { label: 'finished model calls repeated', value: repeated, unit: '', target: 0 },
      ],
    },
  ];
};
