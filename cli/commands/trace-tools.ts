import type { z } from 'zod';
import type { ToolTotals, ToolTrace, ToolTraceQuery } from '../../contracts/tool-traces.ts';
import { connect } from '../connect.ts';
import { readPages } from '../pages.ts';
import { printJson } from '../run-command.ts';
import { oneLine, type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { count, duration } from '../turn/describe.ts';

export type ToolCallOptions = Pick<z.infer<typeof ToolTraceQuery>, 'turn' | 'tool' | 'outcome'>;

/** The tool calls of a session, and what they come to. */
export const traceTools = async (
  id: string,
  { turn, tool, outcome, limit, json }: ToolCallOptions & { limit: number; json?: boolean | undefined },
): Promise<void> => {
  const { api } = await connect();
  const filter = {
    ...(turn === undefined ? {} : { turn }),
    ...(tool === undefined ? {} : { tool }),
    ...(outcome === undefined ? {} : { outcome }),
  };
  let totals: ToolTotals | null = null;
  const calls = await readPages(limit, async (page) => {
    const { calls: rows, nextCursor, totals: all } = await api.listToolCalls(id, { ...page, ...filter });
    totals = all;
    return { rows, nextCursor };
  });
  if (json) {
    for (const call of calls) printJson(call);
    return;
  }
  const style = styleOf(process.stdout);
  if (calls.length > 0) process.stdout.write(`${table(columnsIn(style), calls, style)}\n`);
  else process.stderr.write(`No tool call of ${id} fits\n`);
  if (totals && calls.length > 0) process.stderr.write(`${style.dim(totalsOf(totals))}\n`);
};

const totalsOf = ({ calls, outcomes, open, latencyMs, requests }: ToolTotals): string => {
  const ends = Object.entries(outcomes).flatMap(([outcome, number]) => (number > 0 ? [`${number} ${outcome}`] : []));
  const all = [...ends, ...(open > 0 ? [`${open} open`] : [])].join(', ');
  return `${count(calls, 'call')} (${all}) in ${duration(latencyMs)}, of ${count(requests.count, 'request')} with ${requests.input} tokens in and ${requests.output} out`;
};

const painters: Record<string, (style: Style) => (text: string) => string> = {
  ok: (style) => style.green,
  error: (style) => style.red,
};

const shown = (text: string | null, characters: number): string =>
  text === null ? `(${characters} characters)` : oneLine(text, 60);

const columnsIn = (style: Style): Column<ToolTrace>[] => [
  { title: 'PLACE', value: ({ turn, step, call }) => [turn, step, call].join('/') },
  { title: 'TOOL', value: ({ tool }) => tool, max: 30 },
  {
    title: 'OUTCOME',
    value: ({ outcome }) => outcome ?? 'open',
    paint: (text) => (painters[text] ?? ((each: Style) => each.yellow))(style)(text),
  },
  { title: 'ATTEMPTS', value: ({ attempts }) => String(attempts), align: 'right' },
  { title: 'LATENCY', value: ({ latencyMs }) => (latencyMs === null ? '' : duration(latencyMs)), align: 'right' },
  { title: 'INPUT', value: ({ input }) => shown(input.text, input.characters), max: 60 },
  { title: 'OUTPUT', value: ({ output }) => (output ? shown(output.text, output.characters) : ''), max: 60 },
];
