import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { applyPatch } from './apply-patch.ts';
import { applyPending } from './apply-pending.ts';
import { deleteFile } from './delete-file.ts';
import { editFile } from './edit-file.ts';
import { gitDiff } from './git-diff.ts';
import { listFiles } from './list-files.ts';
import { nearest } from './nearest.ts';
import { readFile } from './read-file.ts';
import { createRunCommand, runCommand } from './run-command.ts';
import { searchFiles } from './search-files.ts';
import { quote } from './text.ts';
import type { Tool } from './tool.ts';
import { createWebFetch, webFetchName } from './web-fetch.ts';
import { writeFile } from './write-file.ts';

export { argumentsHash, normaliseArguments, parseArguments } from './arguments.ts';

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

export const builtInTools: readonly Tool[] = [
  applyPatch,
  applyPending,
  deleteFile,
  editFile,
  gitDiff,
  listFiles,
  readFile,
  runCommand,
  searchFiles,
  createWebFetch(),
  writeFile,
].toSorted(byName);

type Offering = { web: boolean; commands?: { shell?: string | undefined } };

/** What a worker offers. `web`: whether agents may fetch pages; `shell`: reads texts of commands, where there is one. */
export const offeredTools = ({ web, commands }: Offering): readonly Tool[] =>
  builtInTools
    .filter(({ name }) => web || name !== webFetchName)
    .map((tool) => (tool.name === runCommand.name ? createRunCommand(commands?.shell ?? null) : tool));

export const unknownTool = (name: string, names: readonly string[]): EverturnError => {
  const hint = names.length > 0 ? `nearest are ${nearest(name, names).join(', ')}` : 'there are no tools';
  return new EverturnError('tool_unknown', `Cannot call ${quote(name, 80)}: there is no such tool; ${hint}`);
};

/** Throws `tool_unknown` that names the nearest tools. */
export const findTool = (name: string, tools: readonly Tool[] = builtInTools): Tool => {
  const found = tools.find((tool) => tool.name === name);
  if (found) return found;
  throw unknownTool(
    name,
    tools.map((tool) => tool.name),
  );
};

/** A tool as OpenAI-compatible requests name it. */
export type ToolDefinition = {
  type: 'function';
  function: { name: string; description: string; parameters: Record<string, unknown> };
};

/** The built-in tools are offered with every request. */
const definitions = new WeakMap<Offered, ToolDefinition>();

type Offered = Pick<Tool, 'name' | 'description' | 'parameters' | 'schema'>;

const define = ({ name, description, parameters, schema: offered }: Offered): ToolDefinition => {
  const { $schema: _, ...schema } = offered ?? z.toJSONSchema(parameters, { io: 'input' });
  return { type: 'function', function: { name, description, parameters: schema } };
};

const definitionOf = (tool: Offered): ToolDefinition => {
  const definition = definitions.get(tool) ?? define(tool);
  definitions.set(tool, definition);
  return definition;
};

/** Sorted by name; the same tools give the same bytes, whatever their order: they are a part of every prompt's prefix. */
export const toolDefinitions = (tools: readonly Offered[]): ToolDefinition[] =>
  tools.toSorted(byName).map(definitionOf);
