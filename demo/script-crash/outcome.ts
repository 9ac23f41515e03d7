import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '../../client/api.ts';
import type { RunNode } from '../../contracts/runs.ts';

/** All that a script's run has come to, without what differs from run to run: ids, times, the order of calls side by side. */
export type Outcome = {
  run: unknown;
  /** By kind and label. */
  calls: Record<string, unknown>;
  lines: string[];
  output: unknown;
  report: string;
};

export type RunRecord = { outcome: Outcome; nodes: RunNode[]; endedAt: number };

const lasting = ({ status, phase, attempt, reusedFrom, code, reason, usage }: RunNode, runId: string) => ({
  status,
  phase,
  attempt,
  reused: reusedFrom === null ? 'no' : reusedFrom === runId ? 'its own' : reusedFrom,
  code,
  reason,
  usage,
});

export const readRun = async (api: ApiClient, id: string): Promise<RunRecord> => {
  const { run, nodes: calls, questions, script } = await api.getRun(id);
  const nodes = Object.values(calls);
  const { output } = await api.getRunOutput(id);
  return {
    nodes,
    endedAt: Date.parse(run.endedAt ?? ''),
    outcome: {
      run: { status: run.status, code: run.code, reason: run.reason, questions: questions.length, calls: nodes.length },
      calls: Object.fromEntries(nodes.map((node) => [`${node.kind} ${node.label}`, lasting(node, id)])),
      lines: script?.lines.map(({ n, kind, text }) => `${n} ${kind} ${text}`) ?? [],
      output,
      report: run.status === 'completed' ? await (await api.readArtifact(id, 'report.md')).text() : '',
    },
  };
};

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

/** Where a run came to something else than the undisturbed one. */
export const differences = (outcome: Outcome, undisturbed: Outcome): string[] => {
  const parts = ({ calls, ...rest }: Outcome): Map<string, unknown> =>
    new Map([...Object.entries(rest), ...Object.entries(calls)]);
  const [ours, theirs] = [parts(outcome), parts(undisturbed)];
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((name) => !isDeepStrictEqual(ours.get(name), theirs.get(name)))
    .map((name) => `${name} is ${shown(ours.get(name))}, undisturbed ${shown(theirs.get(name))}`);
};
