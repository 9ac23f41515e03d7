import type { Fault } from '../contracts/flow.ts';
import { Flow } from '../contracts/flow.ts';
import { checkCycles } from './check-cycles.ts';
import { checkBranches, checkIds, checkNeeds } from './check-dependencies.ts';
import { checkForms } from './check-forms.ts';
import { checkGroups } from './check-groups.ts';
import { checkJoins } from './check-joins.ts';
import { checkKnown, type Known } from './check-known.ts';
import { checkMapLimits, checkMaps } from './check-maps.ts';
import { checkReachable } from './check-reachable.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkSchemas } from './check-schemas.ts';
import { checkTexts } from './check-texts.ts';
import { orderOf } from './cycles.ts';
import { edgesOf } from './edges.ts';
import { flowFields } from './flow-fields.ts';
import { reportIssues } from './issues.ts';
import { type Named, type Outline, outlineOf } from './outline.ts';
import { FaultList, type Report } from './report.ts';
import { parseYaml } from './yaml-file.ts';

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
  const faults = new FaultList(file, yaml);
  const outline = outlineOf(yaml.value);
  const definition = yaml.faults.length > 0 ? null : checkAlone(yaml.value, outline, faults);
  for (const { message, ...place } of yaml.faults) faults.add([], place, message);
  const calls = namedIn(outline, ['flow', 'map'], 'flow');
  const agents = namedIn(outline, ['agent', 'map'], 'agent');
  return {
    name: typeof outline.fields.name === 'string' ? outline.fields.name : null,
    definition,
    calls: calls.map((call) => call.name),
    faultsWith: (known, name, clash) => {
      const all = faults.copy();
      const report = all.phase();
      checkKnown({ name, agents, calls }, known, report);
      if (clash !== null) report.at(['name'], clash);
      return all.sorted;
    },
  };
};

const checkAlone = (value: unknown, outline: Outline, faults: FaultList): Flow | null => {
  const parsed = Flow.safeParse(value ?? {});
  if (parsed.error) reportIssues(parsed.error.issues, value, flowFields(value), faults.phase());
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

const namedIn = ({ steps }: Outline, kinds: readonly string[], field: string): Named[] =>
  steps.flatMap(({ kind, fields, path }) => {
    const name = fields[field];
    return kind && kinds.includes(kind) && typeof name === 'string' ? [{ name, path: [...path, field] }] : [];
  });
