import path from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';
import { stackFolder } from '../files/places.ts';

const temporalShape = {
  TEMPORAL_ADDRESS: z.string().regex(/^[^/\s]+:\d+$/, 'expected host:port'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: z.string().optional(),
  /** An API key or a certificate asks for TLS by itself; `false` switches it off. */
  TEMPORAL_TLS: z.enum(['true', 'false']).optional(),
  /** Paths of PEM files: the client's certificate and key for mutual TLS, and an authority beside the system's. */
  TEMPORAL_TLS_CERT: z.string().optional(),
  TEMPORAL_TLS_KEY: z.string().optional(),
  TEMPORAL_TLS_CA: z.string().optional(),
  /** The name in the server's certificate, where it is not the host of the address. */
  TEMPORAL_TLS_SERVER_NAME: z.string().optional(),
  /** Shown as a link; unset if unknown. */
  TEMPORAL_UI_URL: z.url().optional(),
};

type TlsPair = { TEMPORAL_TLS_CERT?: string | undefined; TEMPORAL_TLS_KEY?: string | undefined };
const hasWholePair = (env: TlsPair): boolean =>
  (env.TEMPORAL_TLS_CERT === undefined) === (env.TEMPORAL_TLS_KEY === undefined);
const wholePair = {
  error: 'expected with TEMPORAL_TLS_CERT: one is useless without the other',
  path: ['TEMPORAL_TLS_KEY'],
};

const projectShape = {
  /** The folder that the stack serves: where everturn.yaml and .everturn/ lie. Default: the working folder. */
  EVERTURN_PROJECT: z.string().default(process.cwd()),
  /** Names the project, where several share a Temporal. Default: made from the folder. */
  EVERTURN_PROJECT_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected at most 64 letters, digits, - or _')
    .optional(),
  EVERTURN_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

const port = z.coerce.number().int().min(1).max(65_535);

/** What the supervisor (or an operator, for processes started manually) passes to each of our processes. */
const environmentShape = {
  ...temporalShape,
  ...projectShape,
  DATABASE_URL: z.url(),
  EVERTURN_CONSOLE_URL: z.url().default('http://127.0.0.1:4100'),
  /** Where the built-in offline model listens; used when everturn.yaml names no model. */
  EVERTURN_OFFLINE_MODEL_URL: z.url().optional(),
  /** Names this process in the table of workers. Default: made from host and pid. */
  EVERTURN_WORKER_ID: z.string().optional(),
  /** Where workflows and activities are dispatched. Another one keeps two stacks on one server apart. */
  EVERTURN_TASK_QUEUE: z.string().default('agents'),
  /** Workflows that a worker keeps in memory between their tasks. Default: 500, and 40 scripts. 0 replays each at every task. */
  EVERTURN_CACHED_WORKFLOWS: z.coerce.number().int().min(0).optional(),
  /** The configuration as JSON, where the supervisor has read it: what it may use of everturn.yaml is decided once. */
  EVERTURN_CONFIG: z.string().optional(),
  /** The folder of attachments, the same for every process of the API and every worker. Default: where the stack keeps its data. */
  EVERTURN_ATTACHMENTS: z.string().optional(),
  /** Bearer token of the API. */
  EVERTURN_TOKEN: z.string().min(16).optional(),
  /** Where Temporal UI listens, and the port on which the API serves it to who has a session. Unset: it serves none. */
  EVERTURN_TEMPORAL_UI_UPSTREAM: z.url().optional(),
  EVERTURN_TEMPORAL_UI_PORT: z.coerce.number().int().min(1).max(65_535).default(8233),
  EVERTURN_API_HOST: z.string().default('127.0.0.1'),
  EVERTURN_API_PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  /** Paths of PEM files: with them the API itself speaks TLS. */
  EVERTURN_TLS_CERT: z.string().optional(),
  EVERTURN_TLS_KEY: z.string().optional(),
  /** Says that only a proxy reaches the API, which serves it at EVERTURN_CONSOLE_URL and ends TLS. */
  EVERTURN_PROXY: z.enum(['true', 'false']).default('false'),
  /** Lets people sign in as the section `oidc` of everturn.yaml says. */
  EVERTURN_OIDC: z.enum(['true', 'false']).default('false'),
  /** Where the built console is. Default: `ui/dist`. */
  EVERTURN_CONSOLE_FOLDER: z.string().optional(),
  /** Names, separated by commas, that the Host header may carry beside the loopback ones. */
  EVERTURN_ALLOWED_HOSTS: z.string().default(''),
};
const Environment = z
  .object(environmentShape)
  .refine(hasWholePair, wholePair)
  .refine((env) => (env.EVERTURN_TLS_CERT === undefined) === (env.EVERTURN_TLS_KEY === undefined), {
    error: 'expected with EVERTURN_TLS_CERT: one is useless without the other',
    path: ['EVERTURN_TLS_KEY'],
  });
export type Environment = z.infer<typeof Environment>;
export type TemporalEnvironment = z.infer<z.ZodObject<typeof temporalShape>>;

/** The part of it that says where Temporal is. Other settings of the supervisor must not reach its processes in parsed form. */
export const temporalOf = (env: TemporalEnvironment): TemporalEnvironment => z.object(temporalShape).parse(env);

export const attachmentsFolder = (env: Pick<Environment, 'EVERTURN_PROJECT' | 'EVERTURN_ATTACHMENTS'>): string =>
  path.resolve(env.EVERTURN_ATTACHMENTS ?? path.join(stackFolder(env.EVERTURN_PROJECT), 'attachments'));

/** The two servers of the user's own. */
const ServersEnvironment = z.object({ ...temporalShape, DATABASE_URL: z.url() }).refine(hasWholePair, wholePair);
export const readServersEnvironment = (source: NodeJS.ProcessEnv = process.env): z.infer<typeof ServersEnvironment> =>
  read(ServersEnvironment, source);

/** Settings of the supervisor. If one is unset, it starts or chooses the thing itself. */
const stackShape = {
  ...temporalShape,
  ...projectShape,
  TEMPORAL_ADDRESS: temporalShape.TEMPORAL_ADDRESS.optional(),
  DATABASE_URL: z.url().optional(),
  EVERTURN_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  EVERTURN_API_PORT: port.optional(),
  EVERTURN_TEMPORAL_PORT: port.optional(),
  EVERTURN_TEMPORAL_UI_PORT: port.optional(),
  EVERTURN_POSTGRES_PORT: port.optional(),
};
const StackEnvironment = z.object(stackShape).refine(hasWholePair, wholePair);
export type StackEnvironment = z.infer<typeof StackEnvironment>;

/** Every variable that is ours. */
export const environmentNames: ReadonlySet<string> = new Set([
  ...Object.keys(environmentShape),
  ...Object.keys(stackShape),
]);

/** Reads the environment once, at start. Throws `config_invalid` that names each bad variable. */
export const readEnvironment = (source: NodeJS.ProcessEnv = process.env): Environment => read(Environment, source);

export const readStackEnvironment = (source: NodeJS.ProcessEnv = process.env): StackEnvironment =>
  read(StackEnvironment, source);

const read = <T>(schema: z.ZodType<T>, source: NodeJS.ProcessEnv): T => {
  // `VARIABLE=` in a shell or a compose file means "not set".
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describeIssue(issue, set)).join('; ');
  throw new EverturnError('config_invalid', `Cannot start with this environment: ${faults}`);
};

/** They are handed to our processes by a pipe, and never repeated. */
export const secretVariables: ReadonlySet<string> = new Set(['DATABASE_URL', 'TEMPORAL_API_KEY', 'EVERTURN_TOKEN']);

const describeIssue = ({ path, message }: z.core.$ZodIssue, set: Record<string, string | undefined>): string => {
  const name = path.join('.');
  const value = set[name];
  const expected = message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
  if (value === undefined) return `${name} is not set: ${expected}`;
  return secretVariables.has(name) ? `${name}: ${expected}` : `${name}=${value}: ${expected}`;
};
