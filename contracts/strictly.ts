import { z } from 'zod';

type Schema = z.core.$ZodType;

const clone = (schema: Schema, def: object): Schema => z.core.clone(schema, { ...schema._zod.def, ...def } as never);

const each = <Value>(fields: Readonly<Record<string, Value>>, make: (value: Value) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, make(value)]));

/**
 * The same schema, refusing unknown fields at every depth. An object that says itself what other fields it takes keeps
 * them. Throws for a kind of schema that it does not know, so that none is passed over.
 */
const strict = (schema: Schema): Schema => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return clone(schema, { shape: each(def.shape, strict), catchall: def.catchall ?? z.never() });
    case 'array':
      return clone(schema, { element: strict(def.element) });
    case 'tuple':
      return clone(schema, { items: def.items.map(strict), rest: def.rest && strict(def.rest) });
    case 'record':
    case 'map':
      return clone(schema, { valueType: strict(def.valueType) });
    case 'union':
      return clone(schema, { options: def.options.map(strict) });
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return clone(schema, { innerType: strict(def.innerType) });
    case 'pipe':
      return clone(schema, { in: strict(def.in) });
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'null':
    case 'undefined':
    case 'literal':
    case 'enum':
    case 'date':
    case 'any':
    case 'unknown':
    case 'never':
    case 'template_literal':
    case 'transform':
    case 'custom':
      return schema;
    default:
      throw new Error(
        `Cannot make a schema of the kind "${def.type}" refuse unknown fields: teach strictly() about it`,
      );
  }
};

export const strictly = <Of extends Schema>(schema: Of): Of => strict(schema) as Of;
