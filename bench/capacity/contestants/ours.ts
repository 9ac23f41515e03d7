import { startOurs as startStack } from '../../ours/stack.ts';
import { openOurTalk } from '../../turn/ours/talk.ts';
import type { CapacityTalk } from '../contestant.ts';
import { createTokenReader } from '../tokens.ts';
import { replyTokens } from '../workload.ts';
import type { Starter } from './starter.ts';

const openTalk = async (stack: Parameters<typeof openOurTalk>[0]): Promise<CapacityTalk> => {
  const talk = await openOurTalk(stack);
  const reader = createTokenReader();
  talk.onEvent(reader.onEvent);
  return {
    async turn(text) {
      const { ms } = await talk.turn(text);
      const { received, streamed, firstTokenMs } = reader.take();
      if (received !== replyTokens) {
        throw new Error(`The reader of session ${talk.sessionId} got ${received} of ${replyTokens} tokens`);
      }
      return { ms, streamedTokens: streamed, ...(firstTokenMs === null ? {} : { firstTokenMs }) };
    },
    close: talk.close,
  };
};

/** The whole stack as `everturn up` starts it, with one reader on each session. */
export const startOurs: Starter = async ({ servers, closing }) => {
  const stack = await startStack(servers, closing, 'ours');
  const { temporal, postgres } = servers.processes;
  return {
    open: () => openTalk(stack),
    processes: () => {
      const { api, ...workers } = stack.processes();
      return {
        server: [temporal],
        worker: Object.values(workers),
        postgres: [postgres],
        api: api === undefined ? [] : [api],
      };
    },
  };
};
