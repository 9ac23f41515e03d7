import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '../../client/api.ts';
import type { RunNode } from '../../contracts/runs.ts';
import { approvalStep } from './flow.ts';

/** All that a run has come to, without what differs from run to run: ids and times. */
export type Outcome = {
  run: unknown;
  /** By step, items by `<step>/<index>`. */
  nodes: Record<string, unknown>;
  output: unknown;
  report: string;
};

export type Span = { from: number; to: number };

export type RunRecord = {
  outcome: Outcome;
  nodes: RunNode[];
  settledAt: number;
  /** While it waited for its answer. */
  waited: Span;
};

const lasting = ({ kind, status, attempt, total, chosen, reusedFrom, code, reason, usage }: RunNode) => ({
  kind,
  status,
  attempt,
  total,
  chosen,
  reusedFrom,
  code,
  reason,
  usage,
});

export const readRun = async (api: ApiClient, id: string): Promise<RunRecord> => {
  const { run, nodes: steps, questions } = await api.getRun(id);
  const maps = Object.values(steps).filter(({ total }) => total !== null);
  const pages = await Promise.all(maps.map(({ step }) => api.listItems(id, step, { limit: 500 })));
  const nodes = [...Object.values(steps), ...pages.flatMap(({ items }) => items)];
  const name = ({ step, index }: RunNode): string => (index === null ? step : `${step}/${index}`);
  const { output } = await api.getRunOutput(id);
  const approval = await api.getNode(id, approvalStep);
  return {
    nodes,
    settledAt: Date.parse(run.endedAt ?? ''),
    waited: {
      from: Date.parse(approval.node.startedAt ?? ''),
      to: Date.parse((approval.output as { at: string }).at),
    },
    outcome: {
      run: { status: run.status, code: run.code, reason: run.reason, questions: questions.length },
      nodes: Object.fromEntries(nodes.map((node) => [name(node), lasting(node)])),
      output,
      report: await (await api.readArtifact(id, 'report.md')).text(),
    },
  };
};

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

/** Where a run came to something else than the undisturbed one. */
export const differences = (outcome: Outcome, undisturbed: Outcome): string[] => {
  const parts = ({ nodes, ...rest }: Outcome): Map<string, unknown> =>
    new Map([...Object.entries(rest), ...Object.entries(nodes).map(([name, node]) => [`step ${name}`, node] as const)]);
  const [ours, theirs] = [parts(outcome), parts(undisturbed)];
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((name) => !isDeepStrictEqual(ours.get(name), theirs.get(name)))
    .map((name) => `${name} is ${shown(ours.get(name))}, undisturbed ${shown(theirs.get(name))}`);
};
