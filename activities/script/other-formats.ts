import { claudeTool } from '../../contracts/claude-tools.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { AgentOptions } from '../../contracts/script.ts';
import { isNamed } from '../../contracts/tools.ts';

const read = ['list_files', 'read_file', 'search_files', 'git_diff'];
const write = ['write_file', 'edit_file'];
const run = ['run_command'];
const web = ['web_fetch'];
const agents = ['spawn_subagent', 'subagent_status', 'subagent_result', 'subagent_send', 'subagent_cancel'];

/** What capabilities of other formats are here, as tools. */
const toolsOf: Record<string, readonly string[]> = {
  ...{ read, search: read, files: [...read, ...write], filesystem: [...read, ...write] },
  ...{ write, edit: write },
  ...{ run, exec: run, shell: run, bash: run, command: run },
  ...{ web, fetch: web, network: web },
  ...{ agents, subagents: agents },
};

const toolsBy = (capabilities: readonly string[], known: readonly string[]): string[] => {
  const unknown = capabilities.find((name) => !Object.hasOwn(toolsOf, name) && !known.includes(name));
  if (unknown !== undefined) {
    const names = [...Object.keys(toolsOf), 'the name of a tool'].join(', ');
    throw new EverturnError(
      'bad_request',
      `Cannot use the options of agent(): capabilities: there is no "${unknown}". There are ${names}`,
    );
  }
  return [...new Set(capabilities.flatMap((name) => toolsOf[name] ?? [name]))];
};

/** Those of Claude Code by their names here, as far as they are there. */
const toOwn = (tools: readonly string[], known: readonly string[]): string[] => [
  ...new Set(
    tools.flatMap((tool) => {
      const own = known.includes(tool) ? undefined : claudeTool(tool);
      return own?.filter((name) => known.some((one) => isNamed(one, [name]))) ?? [tool];
    }),
  ),
];

export type OwnOptions = Pick<AgentOptions, 'tools' | 'effort' | 'maxToolCalls' | 'resultTries'> & {
  stepsPerTurn?: number | undefined;
};

/**
 * What a call gives its agent beside the definition, with options of other formats read as ours. `known`: names of tools.
 * Throws `bad_request` for a capability that is unknown.
 */
export const ownOptions = (options: AgentOptions, known: readonly string[]): OwnOptions => {
  const { effort, maxToolCalls = options.max_tool_calls, resultTries, max_tool_iters: stepsPerTurn } = options;
  const capable = options.capabilities && toolsBy(options.capabilities, known);
  const named = options.tools && toOwn(options.tools, known);
  const tools = capable && named ? named.filter((name) => capable.includes(name)) : (capable ?? named);
  return { tools, effort, maxToolCalls, resultTries, stepsPerTurn };
};
