import type { ModelChoice } from '../../contracts/models.ts';
import { hint, quote } from '../nearest.ts';
import type { Named } from '../outline.ts';
import type { Report } from '../report.ts';

/** What a flow may name outside of its file. */
export type Known = {
  agents: readonly string[];
  flows: readonly string[];
  scripts: readonly string[];
  /** The models of everturn.yaml; null if unknown. */
  models: ModelChoice | null;
  /** The models that an agent's file lists, by preference. */
  modelsOf(agent: string): readonly string[];
  /** The flows that a flow calls; none for an unknown one. */
  callsOf(name: string): readonly string[];
};

export type Asked = { agent: Named; model: Named | null };

export const checkKnown = (
  { name, asked, calls }: { name: string; asked: readonly Asked[]; calls: readonly Named[] },
  known: Known,
  report: Report,
): void => {
  for (const { agent, model } of asked) {
    if (!known.agents.includes(agent.name))
      report.at(agent.path, `unknown agent ${quote(agent.name)}${hint(agent.name, known.agents)}`);
    if (known.models !== null) checkModel({ agent, model }, { ...known, models: known.models }, report);
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

const checkModel = (
  { agent, model }: Asked,
  { models, modelsOf }: Known & { models: ModelChoice },
  report: Report,
): void => {
  const names = [...models.names, ...Object.keys(models.aliases)];
  if (model) {
    if (names.includes(model.name)) return;
    report.at(
      model.path,
      `unknown model ${quote(model.name)}: everturn.yaml configures none of this name${hint(model.name, names)}`,
    );
    return;
  }
  // An agent's file may come from elsewhere: the default replaces its models, unless that is refused.
  const listed = modelsOf(agent.name);
  if (!models.strict || listed.length === 0 || listed.some((name) => names.includes(name))) return;
  report.at(
    agent.path,
    `agent ${quote(agent.name)} lists the models ${listed.map(quote).join(', ')}, and everturn.yaml configures none of them${hint(listed[0] ?? '', names)}`,
  );
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
