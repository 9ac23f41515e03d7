import { z } from 'zod';
import { Flow, Step } from '../../contracts/flow.ts';
import type { Fields } from '../issues.ts';
import { isRecord, type Path, valueAt } from '../path.ts';

const shapes = new Map(Step.options.map((option) => [option.shape.kind.value as string, option.shape]));

/** The fields of the contract, as the file being checked has them: which fit a step depends on its kind. */
export const flowFields = (value: unknown): Fields => ({
  at: (path) => {
    const schema = schemaAt(Flow, path, value);
    return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  },
  elsewhere: (path, field) => {
    if (path.length !== 2 || path[0] !== 'steps') return null;
    const kinds = [...shapes].filter(([, shape]) => field in shape).map(([kind]) => kind);
    if (kinds.length === 0) return null;
    return `${JSON.stringify(field)} belongs to steps of kind ${kinds.join(', ')}: this is one of kind ${kindOf(value, path)}`;
  },
});

const kindOf = (value: unknown, path: Path): string => {
  const step = valueAt(value, path);
  return isRecord(step) ? String(step.kind) : '';
};

const schemaAt = (root: z.ZodType, path: Path, value: unknown): z.ZodType | null => {
  let schema: z.ZodType | null = root;
  for (const [depth, key] of path.entries()) {
    schema = schema && fieldOf(bare(schema), key, () => kindOf(value, path.slice(0, depth)));
  }
  return schema && within(bare(schema), () => kindOf(value, path));
};

/** Without `optional` and `default`. */
const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? bare(schema.unwrap() as z.ZodType) : schema;

const within = (schema: z.ZodType, kind: () => string): z.ZodType | null =>
  schema === Step ? (Step.options.find(({ shape }) => shape.kind.value === kind()) ?? null) : schema;

const fieldOf = (schema: z.ZodType, key: string | number, kind: () => string): z.ZodType | null => {
  const at = within(schema, kind);
  if (at instanceof z.ZodObject) return (at.shape[key] as z.ZodType | undefined) ?? null;
  if (at instanceof z.ZodArray) return at.element as z.ZodType;
  return at instanceof z.ZodRecord ? (at.valueType as z.ZodType) : null;
};
