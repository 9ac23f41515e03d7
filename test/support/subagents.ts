import { hasEnded, type SubagentDetail } from '../../contracts/subagents.ts';
import type { ScriptedStep } from './scripted-model.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

export type SpawnCall = {
  prompt: string;
  label?: string;
  agent?: string;
  model?: string;
  onParentEnd?: 'leave' | 'cancel';
};

/** Of a request that waits at a gate: on a busy machine it may be given up, and come again. */
export const patient = { min: 0, max: 20 };

/** A reply that spawns background agents. */
export const spawning = (...calls: SpawnCall[]): ScriptedStep => ({
  reply: { toolCalls: calls.map((call) => ({ name: 'spawn_subagent', arguments: call })) },
});

/** Starts a session and sends it a message. */
export const startSession = async (
  stack: Stack,
  text: string,
  session: { allow?: ('write' | 'run')[]; agent?: string } = {},
): Promise<string> => {
  const { id } = await stack.api.createSession({ workspace: stack.workspace, ...session });
  await stack.api.sendMessage(id, { text });
  return id;
};

/** The background agents of a session, in the order in which they were spawned, once there are so many. */
export const spawned = (stack: Stack, session: string, count: number): Promise<SubagentDetail[]> =>
  until(`${count} background agents of ${session}`, async () => {
    const { subagents } = await stack.store.subagents.list({ session, limit: 200 });
    if (subagents.length < count) return undefined;
    const all = await Promise.all(subagents.map(({ id }) => stack.store.subagents.find(id)));
    return all.filter((subagent) => subagent !== undefined).toReversed();
  });

/** One that has ended. */
export const ended = (stack: Stack, id: string): Promise<SubagentDetail> =>
  until(`background agent ${id} to end`, async () => {
    const subagent = await stack.store.subagents.find(id);
    return subagent && hasEnded(subagent.status) ? subagent : undefined;
  });

/** One whose parent has begun a turn for the message of its end. */
export const delivered = (stack: Stack, id: string): Promise<SubagentDetail> =>
  until(`the end of ${id} to be delivered`, async () => {
    const subagent = await stack.store.subagents.find(id);
    return subagent?.deliveredTurn ? subagent : undefined;
  });

/** Changes of state that the parent's stream told, per subagent. */
export const toldStates = async (stack: Stack, session: string): Promise<Record<string, string[]>> => {
  const events = await stack.store.streams.read(session, 0, 10_000);
  const states: Record<string, string[]> = {};
  for (const { event } of events) {
    if (event.type !== 'subagent.changed') continue;
    const { id, status, cancelling } = event.subagent;
    states[id] = [...(states[id] ?? []), cancelling ? `${status} cancelling` : status];
  }
  return states;
};
