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
  /** Those that this machine cannot run, with the reason. */
  missing: { name: ContestantName; reason: string }[];
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
    progress(`starting ${titles[name]}`);
    try {
      field.contestants.push({ name, title: titles[name], ...(await starters[name](context)) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      progress(`${titles[name]} IS MISSING: ${reason}`);
      field.missing.push({ name, reason });
    }
  }
  return field;
};
