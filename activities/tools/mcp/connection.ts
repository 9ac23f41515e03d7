import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';
import type { McpServer } from '../../../contracts/mcp.ts';
import type { Offers, ServerPrompt, ServerResource } from '../../../contracts/tool-sources.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { ToolContext } from '../tool.ts';
import { fateOf } from './answer-lost.ts';
import { answerAsks, askCapabilities } from './asks/answer-asks.ts';
import { createCallers } from './asks/callers.ts';
import { describeTools } from './describe.ts';
import { serverLimits } from './limits.ts';
import { type Environment, openTransport } from './open-transport.ts';
import { plainText } from './plain-text.ts';
import { CallAnswer } from './result.ts';
import { callAsTask, needTasks } from './tasks.ts';

export type McpCall = {
  /** As the server calls it. */
  own: string;
  args: Record<string, unknown>;
} & Pick<ToolContext, 'signal' | 'idempotencyKey' | 'onOutput' | 'asker'>;

/** A server that has been started, or reached, and has said what it is. */
export type Connection = {
  /** Asks for all that it offers. */
  offers(): Promise<Offers>;
  call(call: McpCall): Promise<z.infer<typeof CallAnswer>>;
  readResource(uri: string, signal: AbortSignal): Promise<unknown[]>;
  /** Whether it answers at all. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
  /** Why it ended; null while it runs. */
  ended(): string | null;
};

export type ServerPlace = {
  name: string;
  config: McpServer;
  environment: Environment;
  /** The folder of the project, where programs start. */
  project: string;
};

type Listeners = {
  /** The server says that what it offers is another. */
  changed(): void;
  /** It ended, without being asked to. */
  ended(): void;
};

const pingMs = 2000;
/** A call has a clock of ours, which stands while somebody is asked. */
const maxMs = 2 ** 31 - 1;
const maxProgressLength = 500;

/** The check of results by the SDK knows no bounds. Ours does without. */
const unchecked = {
  getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }),
};

const Page = z.looseObject({ nextCursor: z.string().optional() });
const Contents = z.looseObject({ contents: z.array(z.unknown()) });
const Progress = z.object({ message: z.string().optional(), progress: z.number(), total: z.number().optional() });

const RawResource = z.object({ uri: z.string().max(4000), name: z.string(), description: z.string().nullish() });
const RawTemplate = RawResource.omit({ uri: true }).extend({ uriTemplate: z.string().max(4000) });
const RawPrompt = z.object({
  name: z.string(),
  description: z.string().nullish(),
  arguments: z.array(z.object({ name: z.string() })).nullish(),
});

const toResource = (value: unknown): ServerResource[] => {
  const { data } = RawResource.safeParse(value);
  return data
    ? [
        {
          uri: plainText(data.uri, 4000),
          name: plainText(data.name, 200),
          description: plainText(data.description ?? '', 500),
        },
      ]
    : [];
};

/** Listed as resources are: a model fills in what is between braces. */
const toTemplate = (value: unknown): ServerResource[] => {
  const { data } = RawTemplate.safeParse(value);
  return data ? toResource({ ...data, uri: data.uriTemplate }) : [];
};

const toPrompt = (value: unknown): ServerPrompt[] => {
  const { data } = RawPrompt.safeParse(value);
  if (!data) return [];
  const names = (data.arguments ?? []).slice(0, 50).map(({ name }) => plainText(name, 100));
  return [{ name: plainText(data.name, 200), description: plainText(data.description ?? '', 500), arguments: names }];
};

/** All pages of a list. A cursor that comes back, or never ends, ends it. */
const listAll = async (client: Client, method: string, key: string, timeout: number): Promise<unknown[]> => {
  const found: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < serverLimits.pages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer: Record<string, unknown> = await client.request({ method, params } as never, Page, { timeout });
    const items = answer[key];
    if (Array.isArray(items)) found.push(...items.slice(0, 10 * serverLimits.tools));
    cursor = typeof answer.nextCursor === 'string' && answer.nextCursor !== '' ? answer.nextCursor : undefined;
    if (cursor === undefined || seen.has(cursor)) break;
    seen.add(cursor);
  }
  return found;
};

const progressText = (value: unknown): string => {
  const { data } = Progress.safeParse(value);
  if (!data) return '';
  const share = data.total === undefined ? `${data.progress}` : `${data.progress}/${data.total}`;
  return `${plainText(data.message ?? share, maxProgressLength)}\n`;
};

/** Starts a server, or reaches it, and greets it. Throws why it cannot be used. */
export const connect = async (place: ServerPlace, listeners: Listeners, stop: AbortSignal): Promise<Connection> => {
  const { name, config, project } = place;
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const types = await import('@modelcontextprotocol/sdk/types.js');
  const transport = await openTransport(place);
  const mayAsk = config.asks !== false;
  const callers = createCallers();
  const client = new Client(
    { name: 'everturn', version: packageJson.version },
    {
      capabilities: { ...(config.roots ? { roots: {} } : {}), ...(mayAsk ? askCapabilities : {}) },
      jsonSchemaValidator: unchecked,
    },
  );
  const startMs = config.startSeconds * 1000;
  const timeout = config.seconds * 1000;
  let end: string | null = null;
  let isWanted = true;
  /** Tools that the server runs as tasks alone, by its own names. */
  let tasks: ReadonlySet<string> = new Set();

  client.onclose = () => {
    end ??= transport.reason();
    if (isWanted) listeners.ended();
    isWanted = false;
  };
  // What cannot be read is not an answer; calls that wait for one run out of time.
  client.onerror = () => undefined;
  const roots = config.roots?.map((folder) => path.resolve(project, folder));
  if (roots)
    client.setRequestHandler(types.ListRootsRequestSchema, () => ({
      roots: roots.map((folder) => ({ uri: pathToFileURL(folder).href, name: path.basename(folder) })),
    }));
  for (const schema of [
    types.ToolListChangedNotificationSchema,
    types.ResourceListChangedNotificationSchema,
    types.PromptListChangedNotificationSchema,
  ])
    client.setNotificationHandler(schema, () => listeners.changed());

  if (mayAsk) await answerAsks(client, name, callers);

  const onStop = (): void => void transport.close();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    stop.throwIfAborted();
    await client.connect(transport, { timeout: startMs });
  } catch (error) {
    isWanted = false;
    await transport.close();
    throw transport.startFault(error);
  } finally {
    stop.removeEventListener('abort', onStop);
  }

  const asking = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer;
    } catch (error) {
      throw fateOf(error, end);
    }
  };

  return {
    async offers() {
      const can = client.getServerCapabilities() ?? {};
      const list = (method: string, key: string, isOffered: unknown): Promise<unknown[]> =>
        isOffered ? listAll(client, method, key, startMs) : Promise.resolve([]);
      const optional = (listing: Promise<unknown[]>): Promise<unknown[]> => listing.catch(() => []);
      const [tools, resources, templates, prompts] = await Promise.all([
        list('tools/list', 'tools', can.tools),
        optional(list('resources/list', 'resources', can.resources)),
        optional(list('resources/templates/list', 'resourceTemplates', can.resources)),
        optional(list('prompts/list', 'prompts', can.prompts)),
      ]);
      tasks = needTasks(can, tools);
      const software = client.getServerVersion();
      return {
        ...describeTools(name, config, tools),
        resources: [...resources.flatMap(toResource), ...templates.flatMap(toTemplate)].slice(
          0,
          serverLimits.resources,
        ),
        prompts: prompts.flatMap(toPrompt).slice(0, serverLimits.prompts),
        software: software ? plainText(`${software.name} ${software.version}`, 200) : null,
      };
    },
    async call({ own, args, signal, idempotencyKey, onOutput, asker }) {
      const params = { name: own, arguments: args, _meta: { 'everturn/key': idempotencyKey } };
      const caller = await callers.enter({ asker, onOutput, signal, ms: timeout });
      let shown = 0;
      const show = (text: string): void => {
        caller.renew();
        shown += text.length;
        if (text !== '' && shown <= serverLimits.resultCharacters) onOutput(text);
      };
      const onprogress = (progress: unknown): void => show(progressText(progress));
      let said = '';
      const working = (message = ''): void => {
        show(message === said ? '' : `${plainText(message, maxProgressLength)}\n`);
        said = message;
      };
      try {
        const options = { signal: AbortSignal.any([signal, caller.late]), timeout: maxMs, onprogress };
        const answer = tasks.has(own)
          ? callAsTask(client, params, { ...options, working })
          : client.request({ method: 'tools/call', params }, CallAnswer, options);
        return await asking(answer);
      } finally {
        caller.leave();
      }
    },
    async readResource(uri, signal) {
      const reading = client.request({ method: 'resources/read', params: { uri } }, Contents, { signal, timeout });
      return (await asking(reading)).contents;
    },
    answers: () =>
      client.ping({ timeout: pingMs }).then(
        () => true,
        () => false,
      ),
    async close() {
      isWanted = false;
      end ??= 'it was ended';
      await client.close();
    },
    ended: () => end,
  };
};
