import type { ApiClient } from '../../../client/api.ts';
import type { RunNode, RunView } from '../../../contracts/runs.ts';
import type { UsageTotals } from '../../../contracts/usage.ts';
import { callsOf, isAgent } from './calls.ts';

/** A node has its usage when it ends; until then its session is asked. */
const paceMs = 2000;
const maxAsked = 12;

/** Tokens of the agents that run, as far as they have been asked for. */
export const watchUsage = (api: ApiClient, { view, onUsage }: { view(): RunView | null; onUsage(): void }) => {
  const known = new Map<string, UsageTotals>();
  const ask = async ({ sessionId }: RunNode): Promise<void> => {
    if (sessionId !== null) known.set(sessionId, await api.getUsage(sessionId));
  };
  let isAsking = false;
  const look = async (): Promise<void> => {
    const now = view();
    const running = now?.script ? callsOf(now).filter((call) => isAgent(call) && call.status === 'running') : [];
    // What cannot be read now is read the next time.
    await Promise.allSettled(running.slice(0, maxAsked).map(ask));
    if (running.length > 0) onUsage();
    isAsking = false;
  };
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    void look();
  }, paceMs);
  return {
    applied: (now: RunView): RunView => {
      if (known.size === 0) return now;
      const patched = (node: RunNode): RunNode => ({
        ...node,
        usage: node.usage ?? known.get(node.sessionId ?? '') ?? null,
      });
      return {
        ...now,
        nodes: Object.fromEntries(Object.entries(now.nodes).map(([step, node]) => [step, patched(node)])),
      };
    },
    stop: () => clearInterval(timer),
  };
};
