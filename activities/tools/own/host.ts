import { registerHooks } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { z } from 'zod';
import { type HostAnswer, HostRequest } from './protocol.ts';

/** The process of one call of a tool in TypeScript: it loads the file, does what it is asked, answers once and ends. */

const publicModule = new URL('../../../tools/index.js', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === 'everturn/tools') return { url: publicModule, shortCircuit: true };
    try {
      return next(specifier, context);
    } catch (error) {
      // A project needs no zod of its own.
      if (specifier === 'zod') return { url: import.meta.resolve('zod'), shortCircuit: true };
      throw error;
    }
  },
});

/** Else what is not read yet is kept in memory, and a tool that writes faster than it is read runs out of that. */
const waitForReader = (stream: NodeJS.WriteStream & { _handle?: { setBlocking?(blocking: boolean): void } }): void =>
  stream._handle?.setBlocking?.(true);
waitForReader(process.stdout);
waitForReader(process.stderr);

const request = HostRequest.parse(JSON.parse(await text(process.stdin)));
const { file, nonce } = request;

let isAnswered = false;
const answer = (value: HostAnswer): void => {
  if (isAnswered) return;
  isAnswered = true;
  process.stdout.write(`\n${nonce} ${JSON.stringify(value)}\n`, () => process.exit(0));
};

const fail = (fault: string): void => answer({ outcome: 'failed', fault });

/** Where in the tool's own file it happened. */
const placeOf = (stack: string): string => {
  const name = path.basename(file);
  const line = stack.split('\n').find((one) => one.includes(`${name}:`));
  const number = /^\d+/.exec(line?.split(`${name}:`)[1] ?? '')?.[0];
  return number === undefined ? '' : ` (${name}:${number})`;
};

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error))
    return `it threw a value that is not an Error: ${inspect(error, { depth: 2 }).slice(0, 500)}`;
  const { message, name, stack = '' } = error;
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${message ? `${code}${message.trim()}` : name}${placeOf(stack)}`;
};

process.on('uncaughtException', (error) => fail(`after it was started, ${wordsOf(error)}`));
process.on('unhandledRejection', (error) => fail(`a promise that was not awaited was rejected: ${wordsOf(error)}`));
process.on('beforeExit', () =>
  fail(
    request.action === 'run'
      ? 'it never returns: its promise is not settled, and nothing is left to wait for'
      : 'the file never finishes loading: it awaits what never comes',
  ),
);

const Loaded = z.object({
  name: z
    .string()
    .regex(
      /^[A-Za-z](?!.*__)[A-Za-z0-9_]{0,62}$/,
      'expected a letter, then at most 62 letters, digits or single underscores',
    ),
  description: z.string().min(1).max(4000),
  input: z.custom<z.ZodObject>(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    "expected a schema of zod 4, such as z.object({ … }) with z from 'everturn/tools'",
  ),
  effect: z.enum(['pure', 'idempotent', 'once']).default('once'),
  permission: z.enum(['read', 'write', 'run']).default('run'),
  seconds: z.number().min(0.1).max(3600).default(60),
  run: z.custom<(args: unknown, context: unknown) => unknown>(
    (value) => typeof value === 'function',
    'expected a function',
  ),
});
type Loaded = z.infer<typeof Loaded>;

const describeIssues = ({ issues }: z.ZodError): string =>
  issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; ');

const load = async (): Promise<Loaded | null> => {
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    fail(`it cannot be loaded: ${wordsOf(error)}`);
    return null;
  }
  if (module.default === undefined) {
    fail('it has no default export; write: export default defineTool({ … })');
    return null;
  }
  const known = new Set(Object.keys(Loaded.shape));
  const unknown = Object.keys(Object(module.default)).filter((key) => !known.has(key));
  const parsed = Loaded.safeParse(module.default);
  if (!parsed.success) fail(`its default export is not a tool: ${describeIssues(parsed.error)}`);
  else if (unknown.length > 0)
    fail(`its default export has unknown fields: ${unknown.join(', ')}; there are ${[...known].join(', ')}`);
  return parsed.success && unknown.length === 0 ? parsed.data : null;
};

const schemaOf = (input: z.ZodObject): Record<string, unknown> | null => {
  try {
    const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' });
    if (schema.type === 'object') return schema;
    fail(`its input is of type ${String(schema.type)}: expected z.object({ … })`);
  } catch (error) {
    fail(`its input cannot be described to a model: ${wordsOf(error)}`);
  }
  return null;
};

const describe = ({ name, description, input, effect, permission, seconds }: Loaded): void => {
  const schema = schemaOf(input);
  if (schema) answer({ outcome: 'described', tool: { name, description, schema, effect, permission, seconds } });
};

/** What keeps a process running, the standard streams apart. */
const openHandles = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => !/^(PipeWrap|TTYWrap|FSReqPromise|Immediate|TickObject|CloseReq)/.test(kind));

const run = async (tool: Loaded): Promise<void> => {
  if (request.action !== 'run') return;
  const aborter = new AbortController();
  process.once('SIGTERM', () => aborter.abort(new Error('The call was cancelled, or its time is over')));
  const context = {
    workspace: request.workspace,
    key: request.key,
    signal: aborter.signal,
    log: (words: unknown) => process.stdout.write(`${String(words)}\n`),
  };
  try {
    const parsed = await tool.input.safeParseAsync(request.args);
    if (!parsed.success) return answer({ outcome: 'arguments', fault: describeIssues(parsed.error) });
    const value = await tool.run(parsed.data, context);
    const words = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    answer({ outcome: 'done', text: words, open: [...new Set(openHandles())] });
  } catch (error) {
    fail(wordsOf(error));
  }
};

const tool = await load();
if (tool) {
  if (request.action === 'describe') describe(tool);
  else await run(tool);
}
