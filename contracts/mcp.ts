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

/** What a user says of one tool, or of all that fit a pattern; it goes before what the server says. */
const ToolRule = z.strictObject({
  permission: z.enum(permissions).optional().describe('The permission that calls of the tool need.'),
  effect: z
    .enum(['pure', 'idempotent', 'once'])
    .optional()
    .describe('What happens to a call that is cut off: `pure` and `idempotent` run again, `once` never does.'),
  offer: z.boolean().optional().describe('`false` leaves the tool out.'),
});
export type ToolRule = z.infer<typeof ToolRule>;

export const McpServer = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('A program that speaks MCP on its standard input and output, with its arguments; run without a shell.'),
    cwd: z.string().min(1).optional().describe('The folder in which the program runs, relative to the project.'),
    env: z
      .record(Variable, z.string())
      .optional()
      .describe(
        'Variables that the program sees in addition to PATH, HOME, LANG, TERM, TMPDIR and USER. Not for secrets.',
      ),
    envFrom: z
      .array(Variable)
      .optional()
      .describe('Names of further variables, whose values come from the environment of the stack. For secrets.'),
    url: z
      .url()
      .refine((text) => /^https?:/i.test(text), 'expected an address that begins with http:// or https://')
      .optional()
      .describe('The address of a server that speaks streamable HTTP.'),
    headers: z
      .record(HeaderName, z.string().regex(/^[\t\x20-\x7e]*$/, 'expected printable ASCII characters'))
      .optional()
      .describe('Headers of each request. Not for secrets.'),
    headersFrom: z
      .record(HeaderName, Variable)
      .optional()
      .describe('Further headers, each with the environment variable that holds its value. For secrets.'),
    oauth: z
      .strictObject({
        clientId: z
          .string()
          .min(1)
          .optional()
          .describe('The id of the client, where the server registers none by itself.'),
        clientSecretFrom: Variable.optional().describe("The environment variable that holds the client's secret."),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'expected a scope without blanks'))
          .optional()
          .describe('The scopes to ask for.'),
        port: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe('The port of the address on this machine to which the browser comes back. Default: any.'),
      })
      .optional()
      .describe('For servers that require a login and register no clients by themselves. See `everturn mcp login`.'),
    local: z.boolean().optional().describe('Whether `url` may lead to loopback and private addresses.'),
    roots: z
      .array(z.string().min(1).max(4000))
      .max(50)
      .optional()
      .describe(
        'Folders for the server to work in, relative to the project (roots of MCP). Some servers use them instead of the folders on their command line. Default: none.',
      ),
    permission: z
      .enum(permissions)
      .default('run')
      .describe('The permission that a call needs, if `tools` does not say otherwise.'),
    trustHints: z
      .boolean()
      .default(false)
      .describe('Whether hints of the server (`readOnlyHint`, `idempotentHint`) may spare questions.'),
    asks: z
      .boolean()
      .optional()
      .describe('Whether it may ask people (elicitation) and the model (sampling) while a call runs. Default: true.'),
    tools: z
      .record(z.string().min(1).max(200), ToolRule)
      .default({})
      .describe(
        "Settings for single tools, by the server's name of the tool, in which `*` matches any characters. The first that fits counts.",
      ),
    seconds: z.number().min(0.1).max(3600).default(60).describe('Seconds after which a call is given up.'),
    startSeconds: z
      .number()
      .min(0.1)
      .max(600)
      .default(30)
      .describe('Seconds after which a server that does not answer at its start is given up.'),
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
