import { code, page, table } from './markdown.ts';
import { boundsWords, defaultWords, type Schema, typeWords, variantsOf } from './schema.ts';

type Content = Record<string, { schema?: Schema }>;
type Operation = {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
  'x-everturn-role'?: string;
  'x-everturn-audit'?: string;
};
export type OpenApiFile = { paths: Record<string, Record<string, Operation>> };

const fieldRow = (name: string, schema: Schema, isRequired: boolean): string[] => {
  const bounds = boundsWords(schema);
  const initial = defaultWords(schema);
  const notes = [schema.description ?? '', bounds && `${bounds}.`, initial && `Default: ${initial}.`]
    .filter(Boolean)
    .join(' ');
  return [code(name), typeWords(schema), isRequired ? 'yes' : '', notes];
};

const titles = ['field', 'value', 'required', 'notes'];

const objectTable = (schema: Schema): string =>
  table(
    titles,
    Object.entries(schema.properties ?? {}).map(([name, field]) =>
      fieldRow(name, field, schema.required?.includes(name) ?? false),
    ),
  );

const bodyWords = (content: Content): string[] =>
  Object.entries(content).flatMap(([type, { schema }]) => {
    if (!schema) return [`Body: ${code(type)}.`];
    const shapes = variantsOf(schema).length > 0 ? variantsOf(schema) : [schema];
    const objects = shapes.filter(({ properties }) => Object.keys(properties ?? {}).length > 0);
    if (objects.length === 0) return type === 'application/json' ? [] : [`Body: ${code(type)}.`];
    return objects.flatMap((shape, index) => [index === 0 ? 'Body:' : 'Or:', objectTable(shape)]);
  });

/** The names of an answer's fields. The types of `everturn/client` say the rest. */
const answerWords = ([status, { content = {} }]: [string, { content?: Content }]): string => {
  const [[type, { schema = {} }] = ['', {}]] = Object.entries(content);
  const shapes = [schema, ...variantsOf(schema)];
  const names = [...new Set(shapes.flatMap(({ properties = {} }) => Object.keys(properties)))];
  if (type === '') return `${code(status)}.`;
  if (names.length > 0) return `${code(status)} with ${names.map(code).join(', ')}.`;
  return `${code(status)}${type === 'application/json' ? '' : `, ${code(type)}`}.`;
};

const roles: Record<string, string> = {
  open: 'No token needed.',
  secret: 'Needs the secret of the webhook.',
};

const operationWords = (method: string, path: string, operation: Operation): string => {
  const { summary, parameters = [], requestBody, responses } = operation;
  const role = operation['x-everturn-role'] ?? '';
  const audit = operation['x-everturn-audit'];
  const named = parameters.filter((parameter) => parameter.in !== 'path');
  const rows = named.map(({ name, in: place, schema, required = false }) =>
    fieldRow(place === 'header' ? `${name} (header)` : name, schema, required),
  );
  return [
    `### ${method.toUpperCase()} ${path}`,
    `${summary}. ${roles[role] ?? `Needs the role ${code(role)}.`}${audit ? ` Audited as ${code(audit)}.` : ''}`,
    rows.length > 0 ? table(titles, rows) : '',
    ...(requestBody ? bodyWords(requestBody.content) : []),
    `Answers ${Object.entries(responses).map(answerWords).join(' Or ')}`,
  ]
    .filter(Boolean)
    .join('\n\n');
};

const sectionOf = (path: string): string => path.split('/')[2] ?? '';

export const apiReference = ({ paths }: OpenApiFile): string => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      section: sectionOf(path),
      text: operationWords(method, path, operation),
    })),
  );
  const sections = [...Map.groupBy(operations, ({ section }) => section)].toSorted(([one], [other]) =>
    one.localeCompare(other),
  );
  return page(
    'API',
    'docs/openapi.json',
    'Every route. The OpenAPI 3.1 file with the whole schema of each answer is served at `/api/openapi.json` and kept in [the repository](../openapi.json); [`everturn/client`](../client.md) has a typed method for each route.',
    'Send the token as `Authorization: Bearer TOKEN`. A `viewer` reads, an `operator` also starts, answers and cancels, an `admin` also manages users. Send `idempotency-key` with what acts: the same key with the same body takes effect once. A failure is a problem document with a `code` of the [error reference](errors.md).',
    ...sections.flatMap(([section, all]) => [`## ${section}`, ...all.map(({ text }) => text)]),
  );
};
