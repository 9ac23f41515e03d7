import type { Fault } from '../../contracts/flow.ts';
import { Flow } from '../../contracts/flow.ts';
import { reportIssues } from '../issues.ts';
import { type Named, type Outline, outlineOf, tellPathIn } from '../outline.ts';
import { FaultList, type Report } from '../report.ts';
import { parseYaml, type YamlFile } from '../yaml-file.ts';
import { checkArtifacts } from './check-artifacts.ts';
import { checkComments } from './check-comments.ts';
import { checkCycles } from './check-cycles.ts';
import { checkBranches, checkIds, checkNeeds } from './check-dependencies.ts';
import { checkForms } from './check-forms.ts';
import { checkGroups } from './check-groups.ts';
import { checkJoins } from './check-joins.ts';
import { type Asked, checkKnown, type Known } from './check-known.ts';
import { checkLabels } from './check-labels.ts';
import { checkMapLimits, checkMaps } from './check-maps.ts';
import { checkReachable } from './check-reachable.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkSchemas } from './check-schemas.ts';
import { checkTexts } from './check-texts.ts';
import { orderOf } from './cycles.ts';
import { edgesOf } from './edges.ts';
import { flowFields } from './fields.ts';
import { textsOf } from './texts.ts';

/** A flow file by itself. What it names elsewhere is checked by {@link FlowFile.faultsWith}. */
export type FlowFile = {
  /** Null where the file does not say it. */
  name: string | null;
  /** Defaults filled in; null when it does not fit the contract. */
  definition: Flow | null;
  /** The names of flows that its steps call. */
  calls: readonly string[];
  /** All faults, those by itself too. `clash` says who else has the name. */
  faultsWith(known: Known, name: string, clash: string | null): Fault[];
};

export const parseFlow = (text: string, file: string): FlowFile => {
  const yaml = parseYaml(text);
  const outline = outlineOf(yaml.value);
  const faults = new FaultList(file, yaml, { tellPath: tellPathIn(outline) });
  const definition = yaml.faults.length > 0 ? null : checkAlone(yaml, outline, faults);
  for (const { message, ...place } of yaml.faults) faults.add([], place, message);
  const calls = namedIn(outline, ['flow', 'map'], 'flow');
  return {
    name: typeof outline.fields.name === 'string' ? outline.fields.name : null,
    definition,
    calls: calls.map((call) => call.name),
    faultsWith: (known, name, clash) => {
      const all = faults.copy();
      const report = all.phase();
      checkKnown({ name, asked: askedIn(outline), calls }, known, report);
      if (clash !== null) report.at(['name'], clash);
      return all.sorted;
    },
  };
};

const checkAlone = (yaml: YamlFile, outline: Outline, faults: FaultList): Flow | null => {
  const { value } = yaml;
  const parsed = Flow.safeParse(value ?? {});
  if (parsed.error) reportIssues(parsed.error.issues, value, flowFields(value), faults.phase());
  checkComments(textsOf(outline), yaml, faults);
  checkFields(outline, faults.phase());
  checkGraph(outline, faults.phase());
  return parsed.data ?? null;
};

const checkFields = (outline: Outline, report: Report): void => {
  checkIds(outline, report);
  checkNeeds(outline, report);
  checkBranches(outline, report);
  checkGroups(outline, report);
  checkMapLimits(outline, report);
  checkMaps(outline, report);
  checkForms(outline, report);
  checkLabels(outline, report);
  checkArtifacts(outline, report);
  checkSchemas(outline, report);
  checkSchedule(outline, report);
};

const checkGraph = (outline: Outline, report: Report): void => {
  const edges = edgesOf(outline);
  const { order, cycles } = orderOf(edges);
  checkCycles(cycles, outline, report);
  checkJoins(outline, cycles.length === 0 ? checkReachable(order, outline, report) : new Map(), report);
  checkTexts(edges, outline, report);
};

/** Who is asked by the steps, and with which model: those of the agent where the step names none. */
const askedIn = ({ steps }: Outline): Asked[] =>
  steps.flatMap(({ kind, fields, path }) => {
    if (kind !== 'agent' && !(kind === 'map' && 'prompt' in fields)) return [];
    const { agent = 'default', model } = fields;
    if (typeof agent !== 'string') return [];
    return [
      {
        agent: { name: agent, path: 'agent' in fields ? [...path, 'agent'] : path },
        model: typeof model === 'string' ? { name: model, path: [...path, 'model'] } : null,
      },
    ];
  });

const namedIn = ({ steps }: Outline, kinds: readonly string[], field: string): Named[] =>
  steps.flatMap(({ kind, fields, path }) => {
    const name = fields[field];
    return kind && kinds.includes(kind) && typeof name === 'string' ? [{ name, path: [...path, field] }] : [];
  });
