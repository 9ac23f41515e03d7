import { hint, quote } from './nearest.ts';
import type { Named } from './outline.ts';
import type { Report } from './report.ts';

/** What a flow may name outside of its file. */
export type Known = {
  agents: readonly string[];
  flows: readonly string[];
  scripts: readonly string[];
  /** The flows that a flow calls; none for an unknown one. */
  callsOf(name: string): readonly string[];
};

export const checkKnown = (
  { name, agents, calls }: { name: string; agents: readonly Named[]; calls: readonly Named[] },
  known: Known,
  report: Report,
): void => {
  for (const { name: agent, path } of agents) {
    if (!known.agents.includes(agent)) report.at(path, `unknown agent ${quote(agent)}${hint(agent, known.agents)}`);
  }
  for (const { name: called, path } of calls) {
    if (called === name) report.at(path, `flow ${quote(name)} calls itself`);
    else if (known.scripts.includes(called)) {
      report.at(path, `${quote(called)} is a script, and this starts a flow${hint(called, known.flows)}`);
    } else if (!known.flows.includes(called)) {
      const others = known.flows.filter((flow) => flow !== name);
      report.at(path, `unknown flow ${quote(called)}${hint(called, others)}`);
    } else {
      const way = wayTo(name, called, known);
      if (way) report.at(path, `flows call each other in a ring: ${[name, ...way].join(' -> ')}`);
    }
  }
};

/** The shortest way of calls, breadth first. */
const wayTo = (wanted: string, from: string, { callsOf }: Known): string[] | null => {
  const seen = new Set([from]);
  const open = [[from]];
  for (let way = open.shift(); way; way = open.shift()) {
    for (const next of callsOf(way.at(-1) ?? '')) {
      if (next === wanted) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      open.push([...way, next]);
    }
  }
  return null;
};
