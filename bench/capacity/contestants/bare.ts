import type { Client } from '@temporalio/client';
import { openBareTalk } from '../../turn/bare/contestant.ts';
import type { Talk } from '../../turn/contestant.ts';
import { openTurnTalk } from '../bare/turn-talk.ts';
import { bareQueue, type Context } from './context.ts';
import type { Starter } from './starter.ts';

const startBare =
  (openTalk: (client: Client) => Talk): Starter =>
  async ({ client, bareWorker, servers: { processes } }: Context) => {
    const [connected, { running }] = await Promise.all([client(), bareWorker()]);
    return {
      open: async () => openTalk(connected),
      processes: () => ({ server: [processes.temporal], worker: [running.pid], postgres: [processes.postgres] }),
    };
  };

/** All shapes run in one worker. */
export const startTurn = startBare((client) => openTurnTalk(client, bareQueue, 'bareTurn'));
export const startActivity = startBare((client) => openTurnTalk(client, bareQueue, 'turnInOneActivity'));
export const startSession = startBare((client) => openBareTalk(client, bareQueue));
