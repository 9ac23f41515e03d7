import type { Kind } from '../../sandbox/evaluation.ts';
import type { Outline, OutlineStep } from '../outline.ts';
import { isRecord, type Path } from '../path.ts';

/** A text of the flow that is evaluated. `step` is null for those of the whole flow, which see all results. */
export type FlowText = {
  kind: Kind;
  path: Path;
  source: string;
  step: OutlineStep | null;
  hasItem: boolean;
  /** It is the name of the field itself. */
  isKey?: boolean;
};

const kinds: Record<string, Kind> = {
  when: 'expression',
  items: 'expression',
  with: 'expression',
  prompt: 'template',
  code: 'code',
};
const ofEachItem = ['with', 'prompt', 'code'];

export const textsOf = ({ fields, steps }: Outline): FlowText[] => [
  ...text('template', fields.report, ['report']),
  ...text('expression', fields.output, ['output']),
  ...Object.entries(isRecord(fields.artifacts) ? fields.artifacts : {}).flatMap(([name, artifact]) => [
    ...text('template', artifact, ['artifacts', name]),
    ...text('template', name, ['artifacts', name]).map((key) => ({ ...key, isKey: true })),
  ]),
  ...steps.flatMap(textsOfStep),
];

const textsOfStep = (step: OutlineStep): FlowText[] => {
  const { fields, path, kind } = step;
  const own = Object.entries(kinds).flatMap(([field, kindOfText]) =>
    text(kindOfText, fields[field], [...path, field], step, kind === 'map' && ofEachItem.includes(field)),
  );
  const cases = kind === 'switch' && Array.isArray(fields.cases) ? fields.cases : [];
  return [
    ...own,
    ...cases.flatMap((item, index) =>
      isRecord(item) ? text('expression', item.when, [...path, 'cases', index, 'when'], step) : [],
    ),
  ];
};

const text = (kind: Kind, source: unknown, path: Path, step: OutlineStep | null = null, hasItem = false): FlowText[] =>
  typeof source === 'string' && source !== '' ? [{ kind, path, source, step, hasItem }] : [];
