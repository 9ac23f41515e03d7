import { now } from '../support/clock.ts';
import { createRandom } from '../support/random.ts';
import { watchDoors } from './doors.ts';
import { judgeRequests, judgeSeqs, judgeWorkflows } from './judge.ts';
import type { ActorName, Fault, Plan } from './plan.ts';
import { type Breach, type Play, Stuck } from './play.ts';
import { runActors, writeDefinitions } from './runs.ts';
import { type Actor, type Judge, sessionActors } from './sessions.ts';
import { openStack } from './stack.ts';
import { armFaults } from './strike.ts';

export type Verdict = {
  plan: Plan;
  /** What was done, and what its moment did not come for. */
  struck: string[];
  unreached: string[];
  kinds: Fault['kind'][];
  /** Tries without a token that were refused. */
  refused: number;
  breaches: Breach[];
  tookMs: number;
};

const actorOf: Record<ActorName, Actor> = { ...sessionActors, ...runActors };

const breachOf = (name: string, error: unknown): Breach => ({
  kind: error instanceof Stuck ? 'stuck' : 'lost',
  words: `${name}: ${error instanceof Error ? error.message : String(error)}`,
});

/** One stack, on which plans are played one after the other. */
export const openMatrix = async () => {
  const stack = await openStack();
  await writeDefinitions(stack.project.folder);
  let played = 0;

  /** `sabotage`: done to the stack between the work and the judgement, to show that the judges see it. */
  const play = async (plan: Plan, sabotage?: (play: Play) => Promise<void>): Promise<Verdict> => {
    const startedAt = now();
    const since = new Date();
    const breaches: Breach[] = [];
    played += 1;
    const stage: Play = { stack, name: `play-${plan.seed}-${played}`, random: createRandom(plan.seed) };
    const failuresBefore = stack.provider.failures.length;
    const doors = watchDoors(stack);
    const faults = armFaults(stack, plan);
    const judges: { name: string; judge: Judge }[] = [];
    await Promise.all(
      plan.actors.map(async (name) => {
        try {
          judges.push({ name, judge: await actorOf[name](stage) });
        } catch (error) {
          breaches.push(breachOf(name, error));
        }
      }),
    );
    const { struck, unreached } = await faults.disarm();
    try {
      await stack.whole();
      await sabotage?.(stage);
      for (const { name, judge } of judges) {
        try {
          breaches.push(...(await judge()).map(({ kind, words }) => ({ kind, words: `${name}: ${words}` })));
        } catch (error) {
          breaches.push(breachOf(name, error));
        }
      }
      breaches.push(
        ...(await judgeSeqs(stage)),
        ...(await judgeRequests(stage)),
        ...(await judgeWorkflows(stage, since)),
      );
    } catch (error) {
      breaches.push({ kind: 'stuck', words: `the stack: ${(error as Error).message}` });
    }
    const { breaches: opened, refused } = await doors.close();
    breaches.push(...opened);
    for (const words of stack.provider.failures.slice(failuresBefore)) breaches.push({ kind: 'lost', words });
    return { plan, struck, unreached, kinds: faults.done(), refused, breaches, tookMs: now() - startedAt };
  };

  return {
    play,
    folder: stack.project.folder,
    /** Whether a full disk can be tried here. */
    hasOwnDisk: stack.disk.isOwn,
    close: (keep: boolean) => stack.close(keep),
  };
};
