import { code } from './markdown.ts';

/** What is read of a JSON Schema here. */
export type Schema = {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
};

export const variantsOf = (schema: Schema): Schema[] => schema.anyOf ?? schema.oneOf ?? [];

const value = (one: unknown): string => code(typeof one === 'string' ? one : JSON.stringify(one));

/** In a few words: `string`, `number[]`, `a or b`. */
export const typeWords = (schema: Schema): string => {
  const variants = variantsOf(schema);
  if (schema.enum) return schema.enum.map(value).join(', ');
  if (schema.const !== undefined) return value(schema.const);
  if (variants.length > 0) return [...new Set(variants.map(typeWords))].join(' or ');
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.type === 'array') return schema.items ? `list of ${typeWords(schema.items)}` : 'list';
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? 'map' : 'object';
  return schema.type ?? 'any value';
};

const shown = (number: number): string => number.toLocaleString('en');
/** Bounds that zod gives every integer say nothing. */
const isReal = (number: number | undefined): number is number =>
  number !== undefined && Math.abs(number) < Number.MAX_SAFE_INTEGER;

export const boundsWords = ({ minimum, exclusiveMinimum, maximum, maxLength, maxItems }: Schema): string => {
  const low = isReal(minimum) ? shown(minimum) : isReal(exclusiveMinimum) ? `above ${shown(exclusiveMinimum)}` : null;
  const high = isReal(maximum) ? shown(maximum) : null;
  if (low !== null && high !== null) return low.startsWith('above') ? `${low}, at most ${high}` : `${low} to ${high}`;
  if (low !== null && low !== '0' && low !== 'above 0') return low.startsWith('above') ? low : `at least ${low}`;
  if (high !== null) return `at most ${high}`;
  if (maxLength !== undefined) return `at most ${shown(maxLength)} characters`;
  return maxItems === undefined ? '' : `at most ${shown(maxItems)}`;
};

export const defaultWords = (schema: Schema): string => {
  const { default: given } = schema;
  if (given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0))
    return '';
  return value(given);
};
