import { z } from 'zod';
import type { McpServer } from '../../../contracts/mcp.ts';
import type { DescribedTool, Offers, SourceFault } from '../../../contracts/tool-sources.ts';
import { schemaFault } from '../../../sandbox/json-schema.ts';
import { formatBytes, quote } from '../text.ts';
import { serverLimits } from './limits.ts';
import { toolNames } from './naming.ts';
import { plainText } from './plain-text.ts';
import { rightsOf, ruleOf } from './rights.ts';

const RawTool = z.object({
  name: z.string().min(1).max(1000),
  description: z.string().nullish(),
  title: z.string().nullish(),
  inputSchema: z.record(z.string(), z.unknown()).nullish(),
  annotations: z
    .object({
      readOnlyHint: z.boolean().optional().catch(undefined),
      destructiveHint: z.boolean().optional().catch(undefined),
      idempotentHint: z.boolean().optional().catch(undefined),
    })
    .nullish()
    .catch(null),
});
type RawTool = z.infer<typeof RawTool>;

const isDeeper = (value: unknown, most: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1));
};

type JsonSchema = Record<string, unknown>;

/** Why a schema cannot be offered; null when it can. Small and shallow first, for what checks it takes time. */
const faultOf = (schema: JsonSchema): string | null => {
  if (isDeeper(schema, serverLimits.schemaDepth))
    return `its input schema is nested more than ${serverLimits.schemaDepth} deep`;
  const { length } = JSON.stringify(schema);
  if (length > serverLimits.schemaBytes)
    return `its input schema has ${formatBytes(length)}, more than ${formatBytes(serverLimits.schemaBytes)}`;
  if (schema.type !== undefined && schema.type !== 'object')
    return `its input schema is of type ${quote(String(schema.type), 40)}, not "object"`;
  const fault = schemaFault(schema);
  if (!fault) return null;
  return `its input schema is not valid${fault.path.length > 0 ? ` at ${quote(fault.path.join('.'), 100)}` : ''}: ${plainText(fault.message, 300)}`;
};

/** Which of its tools a server gets offered, and what is wrong with the others: one bad tool takes none of the rest. */
export const describeTools = (
  server: string,
  config: Pick<McpServer, 'permission' | 'trustHints' | 'tools'>,
  listed: readonly unknown[],
): Pick<Offers, 'tools' | 'faults'> => {
  const faults: SourceFault[] = [];
  const raw = new Map<string, RawTool>();
  for (const [index, value] of listed.entries()) {
    const { data } = RawTool.safeParse(value);
    const label = data?.name ?? `number ${index + 1}`;
    if (!data)
      faults.push({ tool: label, message: 'it has no name, or its description or schema is of the wrong type' });
    else if (raw.has(data.name))
      faults.push({ tool: plainText(label, 100), message: 'the server lists another tool with this name' });
    else if (raw.size >= serverLimits.tools)
      faults.push({ tool: plainText(label, 100), message: `the server has more than ${serverLimits.tools} tools` });
    else if (ruleOf(config, data.name).offer !== false) raw.set(data.name, data);
  }
  const names = toolNames(server, [...raw.keys()]);
  const tools: DescribedTool[] = [];
  let bytes = 0;
  for (const [own, tool] of [...raw].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const schema = tool.inputSchema ?? {};
    const fault = faultOf(schema);
    const described: DescribedTool = {
      name: names.get(own) ?? own,
      own,
      description: plainText(tool.description ?? tool.title ?? '', serverLimits.descriptionCharacters),
      schema,
      ...rightsOf(config, own, tool.annotations ?? {}),
    };
    if (fault === null) bytes += JSON.stringify(described).length;
    if (fault !== null) faults.push({ tool: plainText(own, 100), message: fault });
    else if (bytes > serverLimits.offerBytes)
      faults.push({
        tool: plainText(own, 100),
        message: `the tools of the server take more than ${formatBytes(serverLimits.offerBytes)} together`,
      });
    else tools.push(described);
  }
  return { tools, faults: faults.slice(0, serverLimits.tools) };
};
