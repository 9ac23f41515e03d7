import { type OpenApi, routesOf, send } from './check-routes.ts';

type JsonSchema = {
  type?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
};

/** The paths of objects that name their fields and take others too. A record, which names none, takes any. */
export const openObjects = (schema: JsonSchema, at = ''): string[] => {
  const { properties, additionalProperties, items, prefixItems = [], anyOf = [], oneOf = [], allOf = [] } = schema;
  const isOpen = properties !== undefined && additionalProperties !== false;
  return [
    ...(isOpen ? [at] : []),
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) => openObjects(inner, at ? `${at}.${name}` : name)),
    ...[...(items ? [items] : []), ...prefixItems].flatMap((inner) => openObjects(inner, `${at}[]`)),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((inner) => openObjects(inner, at)),
  ];
};

/** Their bodies are no JSON: a text that is read line by line, and bytes. */
const others = ['/api/sessions/import', '/api/attachments'];

type WithBody = { requestBody?: { content?: Record<string, { schema?: JsonSchema }> } };

/** What the bodies of routes take without naming it; empty where every one is strict. Nothing that is sent is done. */
export const checkBodies = async ({
  baseUrl,
  openapi,
  token,
}: {
  baseUrl: string;
  openapi: OpenApi;
  token: string;
}): Promise<string[]> => {
  const faults: string[] = [];
  for (const [place, operations] of Object.entries(openapi.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      for (const { schema } of Object.values((operation as WithBody).requestBody?.content ?? {})) {
        faults.push(...openObjects(schema ?? {}).map((at) => `${method} ${place} takes unknown fields at "${at}"`));
      }
    }
  }
  for (const { method, path, role } of routesOf(openapi)) {
    // A webhook's body is the input of its flow, checked by the schema of that.
    if (method === 'GET' || role === 'secret') continue;
    const body = JSON.stringify({ 'no-such-field': 1 });
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
    };
    const answer = await send(`${baseUrl}${path}`, { method, headers, body });
    const isRefused = answer.status === 400 && answer.body.includes('/no-such-field: unknown field');
    if (!isRefused && !others.includes(path)) faults.push(`${method} ${path}: ${answer.status} ${answer.body}`);
  }
  return faults;
};
