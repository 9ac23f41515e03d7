import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { Store } from '../store.ts';
import { passTime } from './mailbox-sessions.ts';

/** Numbers in [0, 1) that the seed decides (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/**
 * What surrounds the mailbox: two processes, workflows of turns that are started once by their ids, workers that die and
 * lose acknowledgements, and keepers.
 */
export const createWorld = (stores: readonly [Store, Store], seed: number) => {
  const random = randomOf(seed);
  const workflows = new Map<string, 'running' | 'ended'>();
  /** Everything that runs beside the rest. */
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const deleted = new Set<string>();
  const strays: string[] = [];
  let isCalm = false;

  const chance = (probability: number): boolean => random() < probability;
  /** In the end nobody dies any more. */
  const dies = (probability: number): boolean => !isCalm && chance(probability);
  const process = (): Store => stores[chance(0.5) ? 0 : 1];

  const beside = (work: Promise<void>): void => {
    const ended = work.catch((error: unknown) => void failures.push(error)).finally(() => running.delete(ended));
    running.add(ended);
  };

  /** Null where the session was deleted. */
  const unlessDeleted = async <Result>(sessionId: string, call: Promise<Result>): Promise<Result | null> => {
    try {
      return await call;
    } catch (error) {
      if (error instanceof EverturnError && error.code === 'session_not_found' && deleted.has(sessionId)) return null;
      throw error;
    }
  };

  const settle = async (sessionId: string, turn: number, status: 'failed' | 'cancelled'): Promise<number | null> => {
    const end = { sessionId, turn, status, code: null, chunks: [] };
    const settled = await process().turns.settle(end);
    // The acknowledgement was lost.
    return (chance(0.2) ? await process().turns.settle({ ...end, status: 'failed' }) : settled).next;
  };

  const sealed = { result: {}, span: { status: 'ok' as const, attributes: {} }, settle: 'completed' as const };
  const reply = [{ ordinal: 0, body: { kind: 'text' as const, role: 'assistant' as const, text: 'reply' } }];

  /** The attempts of a turn's one step, until one of them ends the turn. Returns the turn to start next. */
  const answer = async (sessionId: string, turn: number): Promise<number | null> => {
    const operation = { sessionId, turn, step: 1, call: null };
    for (;;) {
      const attempt = { workerId: 'w', taskToken: Buffer.from(randomUUID()), workflowId: 'turn', runId: 'r' };
      const begin = () => process().operations.begin(operation, attempt, { name: 'm', started: {} });
      const begun = chance(0.2) ? await begin().then(begin) : await begin();
      if (begun.outcome === 'cancelled') return await settle(sessionId, turn, 'cancelled');
      if (begun.outcome !== 'begun') return begun.next;
      if (dies(0.1)) continue;
      if (chance(0.25)) return await settle(sessionId, turn, chance(0.5) ? 'failed' : 'cancelled');
      const seal = () => process().operations.seal(operation, { ...sealed, fence: begun.fence, chunks: reply });
      const { outcome, next } = chance(0.3) ? await seal().then(seal) : await seal();
      if (outcome === 'sealed') return next;
    }
  };

  /** The workflow of a turn, which can be terminated at any moment: then the turn is still running in Postgres. */
  const runTurn = async (sessionId: string, turn: number): Promise<void> => {
    const workers = dies(0.1) ? [] : chance(0.15) ? [1, 2] : [1];
    // A worker that was taken for dead works on beside the one that has its place.
    const answers = workers.map(() => unlessDeleted(sessionId, answer(sessionId, turn)));
    for (const next of await Promise.all(answers)) await hand(sessionId, next);
  };

  /** Starts the workflow of a turn, unless it is or was there. Resolves when it has ended. */
  const launch = async (sessionId: string, turn: number): Promise<void> => {
    const id = turnWorkflowId(sessionId, turn);
    if (workflows.has(id)) return;
    workflows.set(id, 'running');
    await runTurn(sessionId, turn).finally(() => workflows.set(id, 'ended'));
  };

  /** Someone was given a turn to start, and starts it or dies before. */
  const hand = async (sessionId: string, turn: number | null): Promise<void> => {
    if (turn === null) return;
    const rows = await stores[0].database.query<{ status: string }>(
      'SELECT status FROM turns WHERE session_id = $1 AND turn = $2',
      [sessionId, turn],
    );
    const isStarted = workflows.has(turnWorkflowId(sessionId, turn));
    const status = rows[0]?.status ?? (deleted.has(sessionId) ? 'running' : 'unknown');
    expect(isStarted || status === 'running', `turn ${turn} was handed out and is ${status}`).toBe(true);
    if (!dies(0.3)) beside(launch(sessionId, turn));
  };

  /** A round of the keepers of one process, a minute later. */
  const keep = async (sessions: readonly string[]): Promise<void> => {
    const store = process();
    await passTime(store);
    for (const { sessionId, turn, isHeld } of await store.turns.unwatched(1000)) {
      if (!sessions.includes(sessionId) || isHeld) continue;
      const health = workflows.get(turnWorkflowId(sessionId, turn)) ?? 'missing';
      if (health === 'missing') beside(launch(sessionId, turn));
      if (health === 'ended') await hand(sessionId, await unlessDeleted(sessionId, settle(sessionId, turn, 'failed')));
    }
    for (const { sessionId, turn } of await store.messages.assignStray()) {
      strays.push(sessionId);
      await hand(sessionId, turn);
    }
  };

  return {
    workflows,
    failures,
    deleted,
    strays,
    chance,
    dies,
    process,
    beside,
    unlessDeleted,
    settle,
    launch,
    hand,
    keep,
    calm(): void {
      isCalm = true;
    },
    /** Resolves when nothing runs beside any more. */
    async quiet(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
};

export type World = ReturnType<typeof createWorld>;
