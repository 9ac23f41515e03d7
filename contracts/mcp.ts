import { z } from 'zod';
import { permissions } from './tools.ts';

/** Between the name of a server and that of its tool. */
export const serverSeparator = '__';

const ServerName = z
  .string()
  .regex(
    /^[A-Za-z](?!.*__)[A-Za-z0-9_-]{0,30}(?<!_)$/,
    `expected a letter, then at most 30 letters, digits, hyphens or single underscores: tools are named server${serverSeparator}tool`,
  );

/** Variables that lead to our own servers or to the API. */
const isOurs = (name: string): boolean => /^(EVERTURN|TEMPORAL)_|^DATABASE_URL$/i.test(name);

const Variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, such as GITHUB_TOKEN')
  .refine((name) => !isOurs(name), 'expected a variable of yours: those of Everturn itself are never passed on');

const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected the name of an HTTP header');

/** What a person says of one tool, or of all that fit a pattern; it goes before what the server says. */
const ToolRule = z.strictObject({
  permission: z.enum(permissions).optional(),
  effect: z.enum(['pure', 'idempotent', 'once']).optional(),
  /** `false` leaves the tool out. */
  offer: z.boolean().optional(),
});
export type ToolRule = z.infer<typeof ToolRule>;

export const McpServer = z
  .strictObject({
    /** A program that speaks MCP on its standard input and output, with its arguments; run without a shell. */
    command: z.array(z.string().min(1)).min(1).optional(),
    /** Where it runs, relative to the project. */
    cwd: z.string().min(1).optional(),
    /** Variables it sees beside PATH, HOME, LANG, TERM, TMPDIR and USER. Not for secrets. */
    env: z.record(Variable, z.string()).optional(),
    /** Further variables, by name: their values come from the environment that the stack was started with. */
    envFrom: z.array(Variable).optional(),
    /** The address of a server that speaks streamable HTTP. */
    url: z
      .url()
      .refine((text) => /^https?:/i.test(text), 'expected an address that begins with http:// or https://')
      .optional(),
    /** Sent with each request. Not for secrets. */
    headers: z
      .record(HeaderName, z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII characters'))
      .optional(),
    /** Further headers: each names the environment variable that holds its value. */
    headersFrom: z.record(HeaderName, Variable).optional(),
    /** For servers that ask for a login, where they register no clients by themselves. See `everturn mcp login`. */
    oauth: z
      .strictObject({
        clientId: z.string().min(1).optional(),
        /** Names the environment variable that holds the client's secret. */
        clientSecretFrom: Variable.optional(),
        scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'expected a scope without blanks')).optional(),
        /** Of the address on this machine to which the browser comes back. Default: any. */
        port: z.int().min(1).max(65_535).optional(),
      })
      .optional(),
    /** Whether `url` may lead to loopback and private addresses. */
    local: z.boolean().optional(),
    /** Of a call that has no rule of its own. */
    permission: z.enum(permissions).default('run'),
    /** Whether what the server says of its tools (`readOnlyHint`, `idempotentHint`) may spare questions. */
    trustHints: z.boolean().default(false),
    /** Whether it may ask people (elicitation) and the model (sampling) while a call runs. Default: it may. */
    asks: z.boolean().optional(),
    /** By the name of a tool as the server has it; `*` stands for any characters. The first that fits counts. */
    tools: z.record(z.string().min(1).max(200), ToolRule).default({}),
    /** Until a call is given up. */
    seconds: z.number().min(0.1).max(3600).default(60),
    /** Until a server that does not answer at its start is given up. */
    startSeconds: z.number().min(0.1).max(600).default(30),
  })
  .superRefine(({ command, url, ...rest }, context) => {
    const add = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ((command === undefined) === (url === undefined)) {
      add([], 'expected either command, for a program, or url, for a server over HTTP');
      return;
    }
    const foreign = command
      ? (['headers', 'headersFrom', 'local', 'oauth'] as const)
      : (['cwd', 'env', 'envFrom'] as const);
    for (const field of foreign) {
      if (rest[field] === undefined) continue;
      add([field], `expected only with ${command ? 'url' : 'command'}; this server has ${command ? 'command' : 'url'}`);
    }
  });
export type McpServer = z.infer<typeof McpServer>;

export const McpServers = z.record(ServerName, McpServer);
export type McpServers = z.infer<typeof McpServers>;

/** The variables whose values the servers need. */
export const variablesOf = (servers: McpServers): string[] => [
  ...new Set(
    Object.values(servers).flatMap(({ envFrom = [], headersFrom = {}, oauth }) => [
      ...envFrom,
      ...Object.values(headersFrom),
      ...(oauth?.clientSecretFrom === undefined ? [] : [oauth.clientSecretFrom]),
    ]),
  ),
];
