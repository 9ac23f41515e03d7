import { z } from 'zod';
import { Config } from '../../../contracts/config.ts';
import { code, page, table } from './markdown.ts';
import { boundsWords, defaultWords, type Schema, typeWords, variantsOf } from './schema.ts';

type Field = { path: string; schema: Schema };

const isGroup = (schema: Schema): boolean => schema.properties !== undefined;

/** Fields of an object, of the objects in a list (`[]`) and of those in a map (`<name>`), with what leads to them. */
const fieldsOf = (path: string, schema: Schema): Field[] => {
  const own = path === '' ? [] : [{ path, schema }];
  const inner = variantsOf(schema).find(isGroup) ?? schema;
  if (inner.properties)
    return [
      ...own,
      ...Object.entries(inner.properties).flatMap(([name, field]) =>
        fieldsOf(path === '' ? name : `${path}.${name}`, field),
      ),
    ];
  if (inner.items && isGroup(inner.items)) return [...own, ...fieldsOf(`${path}[]`, inner.items).slice(1)];
  const of = inner.additionalProperties;
  if (typeof of === 'object' && isGroup(of)) return [...own, ...fieldsOf(`${path}.<name>`, of).slice(1)];
  return own;
};

const rowOf = ({ path, schema }: Field): string[] => {
  const bounds = boundsWords(schema);
  return [
    code(path),
    `${typeWords(schema)}${bounds ? `, ${bounds}` : ''}`,
    defaultWords(schema),
    schema.description ?? '',
  ];
};

const configSchema = (): Schema => z.toJSONSchema(Config, { io: 'input', unrepresentable: 'any' }) as Schema;

const groupsOf = (schema: Schema): { name: string; about: Field; fields: Field[] }[] =>
  Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const [about, ...fields] = fieldsOf(name, field);
    return { name, about: about ?? { path: name, schema: field }, fields };
  });

/** Paths of the fields that have no description. */
export const undescribedFields = (): string[] =>
  groupsOf(configSchema())
    .flatMap(({ about, fields }) => (fields.length > 0 ? fields : [about]))
    .filter(({ schema }) => !schema.description && !isGroup(schema))
    .map(({ path }) => path);

export const configurationReference = (): string => {
  const groups = groupsOf(configSchema());
  const titles = ['field', 'value', 'default', 'meaning'];
  const alone = groups.filter(({ fields }) => fields.length === 0).map(({ about }) => rowOf(about));
  return page(
    'everturn.yaml',
    'contracts/config.ts',
    'Every field of `everturn.yaml`. All are optional; without the file, the built-in offline model answers. `[]` means each entry of a list, `<name>` each name of a map. An unknown field is an error, with its line and column. [Configuration](../configuration.md) explains how fields work together.',
    '## Single fields',
    table(titles, alone),
    ...groups
      .filter(({ fields }) => fields.length > 0)
      .flatMap(({ name, about, fields }) => [
        `## ${name}`,
        about.schema.description ?? '',
        table(titles, fields.map(rowOf)),
      ]),
  );
};
