import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { ModelSpanAttributes, type Span } from '../../contracts/api.ts';
import { type Segments, segmentNames } from '../../contracts/cache.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { isUndeclared } from '../../contracts/prefix.ts';
import { ToolTraceQuery } from '../../contracts/tool-traces.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { duration } from '../turn/describe.ts';
import { type ToolCallOptions, traceTools } from './trace-tools.ts';

type TraceOptions = JsonOption & {
  turn?: number;
  limit: number;
  tools?: boolean;
  tool?: string;
  outcome?: ToolCallOptions['outcome'];
};

export const addTrace = (program: Command): void => {
  program
    .command('trace')
    .description('list the model requests and tool calls of a session, with their times and tokens')
    .argument('<session>', 'its id')
    .option('--turn <number>', 'only this turn', wholeNumber(1))
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 1000)
    .option('--tools', 'list its tool calls with input, output and totals')
    .option('--tool <name>', 'with --tools: calls of this tool')
    .addOption(
      new Option('--outcome <outcome>', 'with --tools: calls with this outcome').choices(
        ToolTraceQuery.shape.outcome.unwrap().options,
      ),
    )
    .option('--json', 'one JSON line for each')
    .action((id: string, options: TraceOptions) => runCommand(options, () => trace(id, options)));
};

const trace = async (id: string, options: TraceOptions): Promise<void> => {
  const { turn, limit, json, tools, tool, outcome } = options;
  if (tools) return await traceTools(id, { turn, limit, json, tool, outcome });
  if (tool !== undefined || outcome !== undefined)
    throw new EverturnError('bad_request', 'Cannot trace: --tool and --outcome are of tool calls. Add --tools');
  const { api } = await connect();
  let session: Segments | null = null;
  const spans = await readPages(limit, async (page) => {
    const {
      spans: rows,
      nextCursor,
      cache,
    } = await api.listSpans(id, { ...page, ...(turn === undefined ? {} : { turn }) });
    session = cache.session;
    return { rows, nextCursor };
  });
  if (json) {
    for (const span of spans) printJson(span);
    return;
  }
  const style = styleOf(process.stdout);
  if (spans.length > 0) process.stdout.write(`${table(columnsIn(style), spans, style)}\n`);
  else process.stderr.write(`Nothing was traced in ${id}${turn === undefined ? '' : ` in turn ${turn}`} yet\n`);
  for (const line of spans.flatMap(breakOf)) process.stderr.write(`${style.red(line)}\n`);
  if (session && spans.length > 0) process.stderr.write(`${style.dim(cacheOf(session))}\n`);
};

const cacheOf = (session: Segments): string => {
  const parts = segmentNames.map((name) => `${name} ${session[name].hit}/${session[name].miss}`);
  return `Tokens of the session from a cache/read: ${parts.join(', ')}`;
};

/** What is to be said of a request that breaks the prefix though nothing has declared it. */
const breakOf = (span: Span): string[] => {
  const prefix = modelOf(span)?.prefix;
  if (!prefix || prefix.previous === null || !isUndeclared(prefix)) return [];
  const { break: broken } = prefix;
  const where = broken?.chunk
    ? `chunk ${broken.chunk.seq} (${broken.chunk.kind})`
    : (broken?.part ?? 'an unknown place');
  const cost = broken ? `; about ${broken.reread} tokens were read again` : '';
  return [`Request ${span.turn}/${span.step} does not extend the one before it: it differs from ${where} on${cost}`];
};

const painters: Record<Span['status'], (style: Style) => (text: string) => string> = {
  ok: (style) => style.green,
  error: (style) => style.red,
  interrupted: (style) => style.yellow,
  cancelled: (style) => style.yellow,
};

/** Null for a tool's span, and for a request that failed before it was made. */
const modelOf = ({ kind, attributes }: Span): z.infer<typeof ModelSpanAttributes> | null => {
  const parsed = ModelSpanAttributes.safeParse(attributes);
  return kind === 'model' && parsed.success ? parsed.data : null;
};

const tokensOf = (span: Span): string => {
  const usage = modelOf(span)?.usage;
  return usage ? `${usage.input}/${usage.cacheRead}/${usage.output}` : '';
};

const prefixOf = (span: Span): string => {
  const prefix = modelOf(span)?.prefix;
  if (!prefix) return '';
  if (prefix.previous === null) return 'first';
  if (prefix.extends) return 'ok';
  return isUndeclared(prefix) ? 'BROKEN' : (prefix.break?.reason ?? '');
};

const firstTokenOf = (span: Span): string => {
  const ms = modelOf(span)?.timeToFirstTokenMs ?? null;
  return ms === null ? '' : duration(ms);
};

const columnsIn = (style: Style): Column<Span>[] => [
  { title: 'PLACE', value: ({ turn, step, call }) => [turn, step, ...(call === null ? [] : [call])].join('/') },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'NAME', value: ({ name }) => name, max: 40 },
  { title: 'ATTEMPT', value: ({ attempt }) => String(attempt), align: 'right' },
  { title: 'STATUS', value: ({ status }) => status, paint: (text, { status }) => painters[status](style)(text) },
  {
    title: 'DURATION',
    value: ({ startedAt, endedAt }) => duration(Date.parse(endedAt) - Date.parse(startedAt)),
    align: 'right',
  },
  { title: 'FIRST TOKEN', value: firstTokenOf, align: 'right' },
  { title: 'IN/CACHED/OUT', value: tokensOf, align: 'right' },
  { title: 'PREFIX', value: prefixOf, paint: (text) => (text === 'BROKEN' ? style.red(text) : text) },
];
