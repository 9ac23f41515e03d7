import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { now, until } from '../support/clock.ts';
import type { Plan, Scene, Stage } from './plan.ts';
import { judge, type Verdict } from './verdict.ts';
import { openViewer } from './viewer.ts';

export type Times = { killedAt: number; settledAt: number };

/** Plays one plan from its message to its settled turn, and says whether everything promised held. */
export const playScenario = async (stage: Stage, plan: Plan): Promise<Verdict> => {
  const { stack, model } = stage;
  await stack.whole();
  const key = randomUUID();
  const folder = path.join(stack.project.workspace, key);
  await mkdir(folder);
  await plan.prepare?.(folder);
  const failuresBefore = model.failures.length;
  model.script(plan.script(key), key);
  const { id } = await stack.api.createSession({ workspace: folder, allow: plan.allow ?? ['run'] });
  const viewer = openViewer(stack.api, id, plan.text);
  const scene: Scene = { ...stage, key, folder, viewer };
  const settled = () => until('the end of the turn at the client', () => isSettled(viewer.view()) && now());
  const restore = async (): Promise<string[]> => {
    if (plan.killed.includes('supervisor')) await stack.up();
    if (!plan.whole) return [];
    await stack.whole();
    return plan.whole(scene);
  };
  try {
    await until('the first snapshot', () => viewer.view());
    await stack.api.sendMessage(id, { text: `Begin ${key}` });
    await plan.moved(scene);
    const killedAt = now();
    await stack.kill(...plan.killed);
    const [settledAt, faults] = await Promise.all([settled(), restore(), plan.afterKill?.(scene)]);
    await stack.whole();
    faults.push(...model.failures.slice(failuresBefore));
    return await judge({ scene, plan, sessionId: id, times: { killedAt, settledAt }, faults });
  } finally {
    model.open(key);
    await viewer.close();
  }
};

const isSettled = (view: ReturnType<Scene['viewer']['view']>): boolean => {
  const turn = view?.turns['1'];
  return turn !== undefined && turn.status !== 'running';
};
