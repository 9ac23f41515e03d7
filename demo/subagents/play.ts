import { setTimeout as delay } from 'node:timers/promises';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import { hasEnded, type Subagent } from '../../contracts/subagents.ts';
import type { ScriptedModel } from '../../test/support/scripted-model.ts';
import { persist } from '../flow-crash/follower.ts';
import { now, until } from '../support/clock.ts';
import type { CrashStack } from '../support/stack.ts';
import type { Ender } from './ender.ts';
import type { Parent, Round } from './plan.ts';
import { scriptRound } from './scripts.ts';

export type Stage = { stack: CrashStack; model: ScriptedModel; ender: Ender };

export type PlayedFamily = { parent: Parent; session: string };
export type Played = { families: PlayedFamily[]; terminated: number; tookMs: number };

const longest = 300_000;

const startFamily = async ({ stack: { api } }: Stage, parent: Parent): Promise<PlayedFamily> => {
  const [one, other] = [newIdempotencyKey(), newIdempotencyKey()];
  const { id } = await persist('the start of a session', () => api.createSession({}, { idempotencyKey: one }));
  await persist('the first message', () => api.sendMessage(id, { text: parent.key }, { idempotencyKey: other }));
  return { parent, session: id };
};

const childrenOf = async ({ stack: { api } }: Stage, session: string): Promise<Subagent[]> =>
  (await persist('the list of children', () => api.listSubagents({ session, limit: 200 }))).subagents;

/** Ends each child as its fate is, as soon as it is there. Gives how many were terminated. */
const endChildren = async (stage: Stage, { parent, session }: PlayedFamily): Promise<number> => {
  const ending = parent.children.map(async ({ label, fate }) => {
    if (fate.kind === 'completes' || fate.kind === 'fails') return false;
    const subagent = await until(
      `${label} of ${parent.key}`,
      async () => (await childrenOf(stage, session)).find((one) => one.label === label),
      longest,
    );
    return await stage.ender.end(subagent, fate);
  });
  return (await Promise.all(ending)).filter(Boolean).length;
};

/** The turn that it runs, if any; not before it has spawned all its children, who would never be otherwise. */
const endParent = async (stage: Stage, { parent, session }: PlayedFamily): Promise<number> => {
  if (parent.terminatedAfterMs === null) return 0;
  await until(
    `the children of ${parent.key}`,
    async () => (await childrenOf(stage, session)).length >= parent.children.length,
    longest,
  );
  await delay(parent.terminatedAfterMs);
  const { view } = await persist('the turns of a parent', () => stage.stack.api.getSession(session));
  const running = Object.entries(view.turns).find(([, { status }]) => status === 'running');
  if (!running) return 0;
  await stage.ender.terminate(turnWorkflowId(session, Number(running[0])));
  return 1;
};

const isOver = async (stage: Stage, { parent, session }: PlayedFamily): Promise<boolean> => {
  const children = await childrenOf(stage, session);
  const isTold = children.every(({ status, deliveredTurn }) => hasEnded(status) && deliveredTurn !== null);
  if (children.length < parent.children.length || !isTold) return false;
  const { session: row } = await persist('the state of a parent', () => stage.stack.api.getSession(session));
  return row.status === 'idle';
};

/** A round of families, from their first message until every parent has read how each of its children ended. */
export const playRound = async (stage: Stage, { parents }: Round): Promise<Played> => {
  const startedAt = now();
  scriptRound(stage.model, parents);
  const families = await Promise.all(parents.map((parent) => startFamily(stage, parent)));
  const terminated = await Promise.all(
    families.flatMap((family) => [endChildren(stage, family), endParent(stage, family)]),
  );
  for (const family of families) {
    await until(`the end of ${family.parent.key}`, () => isOver(stage, family), longest);
  }
  return { families, terminated: terminated.reduce((sum, count) => sum + count, 0), tookMs: now() - startedAt };
};
