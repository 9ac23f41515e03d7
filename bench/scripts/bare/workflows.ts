import { executeChild, proxyActivities, sleep } from '@temporalio/workflow';
import type { BareActivities } from './activities.ts';

const { record, askModel } = proxyActivities<BareActivities>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '200ms' },
});

export type FanOut = { id: string; count: number; atOnce: number; shape: 'agent' | 'one' };

/** The floor: so many children, some at once. */
export async function bareFanOut({ id, count, atOnce, shape }: FanOut): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const child = `${id}/${next++}`;
      await executeChild(shape === 'agent' ? bareAgent : bareOne, { workflowId: `bare/${child}`, args: [child] });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** As the workflow of an agent's call does: prepares, runs its session, takes the result. */
export async function bareAgent(id: string): Promise<void> {
  await record({ session: id, turn: 0, row: 0 });
  await executeChild(bareSession, { workflowId: `bare-session/${id}`, args: [id] });
  await record({ session: id, turn: 2, row: 0 });
}

export async function bareSession(id: string): Promise<void> {
  await executeChild(bareTurn, { workflowId: `bare-turn/${id}`, args: [id] });
}

export async function bareTurn(id: string): Promise<void> {
  await askModel({ session: id, turn: 1, row: 0 });
  await record({ session: id, turn: 1, row: 1 });
}

export type Slow = { id: string; count: number; childQueue: string };

/** The floor of a script whose agents take some seconds: as many children that do nothing else. */
export async function bareSlow({ id, count, childQueue }: Slow): Promise<void> {
  const children = Array.from({ length: count }, (_, place) =>
    executeChild(bareWait, { workflowId: `bare/${id}/${place}`, taskQueue: childQueue }),
  );
  await Promise.all(children);
}

export async function bareWait(): Promise<void> {
  await sleep('3s');
}

/** The least child there is that asks a model. */
export async function bareOne(id: string): Promise<void> {
  await askModel({ session: id, turn: 1, row: 0 });
}
