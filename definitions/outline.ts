import { type StepKind, stepKindNames, Trigger } from '../contracts/flow.ts';
import { quote } from './nearest.ts';
import { isRecord, type Path, pathText } from './path.ts';

/** A name, and its place. */
export type Named = { name: string; path: Path };

export type OutlineBranch = { label: string; steps: Named[] };

/** `id` of a step that has none is its path: no name of the file can equal it. */
export type OutlineStep = {
  id: string;
  path: Path;
  kind: StepKind | null;
  fields: Record<string, unknown>;
  needs: Named[];
  trigger: Trigger;
  batch: Named | null;
  /** Of a switch. */
  branches: OutlineBranch[];
  /** The switches that list the step, once for each branch. */
  listedBy: { step: OutlineStep; branch: number; path: Path }[];
};

export type OutlineGroup = { name: string; path: Path; fields: Record<string, unknown>; members: OutlineStep[] };

/** What can be understood of a flow with errors, so that all of them are reported at once. */
export type Outline = {
  fields: Record<string, unknown>;
  steps: OutlineStep[];
  /** The first step of each id. */
  byId: ReadonlyMap<string, OutlineStep>;
  groups: ReadonlyMap<string, OutlineGroup>;
};

export const outlineOf = (value: unknown): Outline => {
  const fields = isRecord(value) ? value : {};
  const steps = listOf(fields.steps).flatMap((step, index) => (isRecord(step) ? [stepOf(step, ['steps', index])] : []));
  const byId = new Map(steps.toReversed().map((step) => [step.id, step]));
  for (const step of steps) {
    for (const [branch, { steps: listed }] of step.branches.entries()) {
      for (const { name, path } of listed) byId.get(name)?.listedBy.push({ step, branch, path });
    }
  }
  const groups = new Map(
    Object.entries(isRecord(fields.batches) ? fields.batches : {}).map(([name, group]) => {
      const members = steps.filter(({ batch }) => batch?.name === name);
      return [name, { name, path: ['batches', name], fields: isRecord(group) ? group : {}, members }];
    }),
  );
  return { fields, steps, byId, groups };
};

/** How a fault names its place: a step by its id, where it has one. */
export const tellPathIn = ({ steps }: Outline): ((path: Path) => string) => {
  const ids = new Map(steps.map(({ path: [, index], fields }) => [index, fields.id]));
  return (path) => {
    const [root, index, ...rest] = path;
    const id = root === 'steps' ? ids.get(index) : undefined;
    return typeof id === 'string' && id !== '' ? pathText(['steps', id, ...rest]) : pathText(path);
  };
};

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const namesIn = (value: unknown, path: Path): Named[] =>
  listOf(value).flatMap((name, index) => (typeof name === 'string' ? [{ name, path: [...path, index] }] : []));

const stepOf = (fields: Record<string, unknown>, path: Path): OutlineStep => ({
  id: typeof fields.id === 'string' ? fields.id : pathText(path),
  path,
  kind: stepKindNames.find((kind) => kind === fields.kind) ?? null,
  fields,
  needs: namesIn(fields.needs, [...path, 'needs']),
  trigger: Trigger.safeParse(fields.trigger).data ?? 'all_success',
  batch: typeof fields.batch === 'string' ? { name: fields.batch, path: [...path, 'batch'] } : null,
  branches: fields.kind === 'switch' ? branchesOf(fields, path) : [],
  listedBy: [],
});

const branchesOf = (fields: Record<string, unknown>, path: Path): OutlineBranch[] => [
  ...listOf(fields.cases).map((item, index) => ({
    label: isRecord(item) && typeof item.label === 'string' ? `branch ${quote(item.label)}` : `branch ${index + 1}`,
    steps: isRecord(item) ? namesIn(item.steps, [...path, 'cases', index, 'steps']) : [],
  })),
  { label: 'the default branch', steps: namesIn(fields.default, [...path, 'default']) },
];
