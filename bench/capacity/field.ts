import type { Closing } from '../closing.ts';
import { type Servers, startServers } from '../servers.ts';
import { type Contestant, type ContestantName, titles } from './contestant.ts';
import { startActivity, startSession, startTurn } from './contestants/bare.ts';
import { createContext } from './contestants/context.ts';
import { startLangGraph } from './contestants/langgraph.ts';
import { startOurs } from './contestants/ours.ts';
import { startPlain } from './contestants/plain.ts';
import { startRestate } from './contestants/restate.ts';
import type { Starter } from './contestants/starter.ts';
import { warmUp } from './warm-up.ts';

const starters: Record<ContestantName, Starter> = {
  plain: startPlain,
  turn: startTurn,
  activity: startActivity,
  session: startSession,
  langgraph: startLangGraph,
  restate: startRestate,
  ours: startOurs,
};

export type Field = {
  servers: Servers;
  contestants: Contestant[];
  /** Those that cannot be measured on this machine, and why. */
  missing: { name: ContestantName; failure: string }[];
};

export const openField = async (
  names: readonly ContestantName[],
  closing: Closing,
  progress: (line: string) => void,
): Promise<Field> => {
  const servers = await startServers(closing, progress);
  const context = createContext(servers, closing, progress);
  const field: Field = { servers, contestants: [], missing: [] };
  for (const name of names) {
    const title = titles[name];
    progress(`starting ${title}`);
    try {
      const contestant = { name, title, ...(await starters[name](context)) };
      await warmUp(contestant);
      field.contestants.push(contestant);
    } catch (error) {
      const failure = `${title} is MISSING: ${error instanceof Error ? error.message : String(error)}`;
      progress(failure);
      field.missing.push({ name, failure });
    }
  }
  return field;
};
