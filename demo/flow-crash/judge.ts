import type { RecordedRequest } from '../../test/support/scripted-model.ts';
import { openWorkflows } from '../support/open-workflows.ts';
import { countRepeated } from '../support/repeated.ts';
import type { CrashStack } from '../support/stack.ts';
import { agentsAtOnce } from './at-once.ts';
import { agents, type Limited, limits, requestCount } from './flow.ts';
import { differences, type Outcome, type RunRecord, readRun } from './outcome.ts';
import type { Played } from './play.ts';
import { type Recovered, recoveries } from './recovery.ts';

export type Verdict = {
  runId: string;
  outcome: Outcome;
  tookMs: number;
  steps: number;
  modelCalls: number;
  /** Cut off before their end. */
  cut: number;
  finishedRepeated: number;
  atOnce: Record<Limited, number>;
  openWorkflows: string[];
  kills: Recovered[];
  /** What is not as promised; empty when all is. */
  faults: string[];
};

export const judge = async (stack: CrashStack, played: Played, undisturbed: Outcome | null): Promise<Verdict> => {
  const { runId, key, startedAt, endedAt, requests } = played;
  const record = await readRun(stack.api, runId);
  const finishedRepeated = await repeated(stack, record, requests);
  const distinct = new Set(requests.map(({ raw }) => raw)).size;
  const atOnce = { pair: agentsAtOnce(requests, key, 'pair'), research: agentsAtOnce(requests, key, 'research') };
  const open = await openWorkflows(stack.project);
  const { outcome } = record;
  const exceeded = (Object.keys(limits) as Limited[]).filter((group) => atOnce[group] > limits[group]);

  return {
    runId,
    outcome,
    tookMs: endedAt - startedAt,
    steps: record.nodes.length,
    modelCalls: requests.length,
    cut: requests.filter((request) => request.outcome === 'aborted').length,
    finishedRepeated,
    atOnce,
    openWorkflows: open,
    kills: recoveries(played, record),
    faults: [
      ...played.faults,
      ...(undisturbed ? differences(outcome, undisturbed) : notCompleted(outcome)),
      ...(finishedRepeated > 0 ? [`${finishedRepeated} finished model calls were made again`] : []),
      ...(distinct === requestCount ? [] : [`the agents asked ${distinct} different questions, not ${requestCount}`]),
      ...exceeded.map((group) => `${atOnce[group]} agents of ${group} ran at once; ${limits[group]} may`),
      ...(open.length > 0 ? [`workflows left open: ${open.slice(0, 10).join(', ')}`] : []),
    ],
  };
};

const notCompleted = ({ run }: Outcome): string[] =>
  (run as { status: string }).status === 'completed' ? [] : [`the undisturbed run is ${JSON.stringify(run)}`];

/** Finished requests that were made again, over the sessions of all agents. */
const repeated = async (
  { api }: CrashStack,
  { nodes }: RunRecord,
  requests: readonly RecordedRequest[],
): Promise<number> => {
  const sessions = nodes.flatMap(({ step, index, sessionId }) =>
    sessionId === null ? [] : [{ sessionId, name: index === null ? step : `${step} ${index}` }],
  );
  if (sessions.length !== agents.length)
    throw new Error(`${sessions.length} agents had a session, not ${agents.length}`);
  const counts = await Promise.all(
    sessions.map(async ({ sessionId, name }) => {
      const { spans } = await api.listSpans(sessionId, { limit: 500 });
      return countRepeated(
        requests.filter(({ key }) => key?.endsWith(`/${name}]`)),
        spans,
      );
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};
