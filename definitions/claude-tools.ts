import { quote } from './nearest.ts';

/** What the tools of Claude Code are called here. */
const mapped: Record<string, readonly string[]> = {
  Read: ['read_file'],
  NotebookRead: ['read_file'],
  Glob: ['list_files'],
  LS: ['list_files'],
  Grep: ['search_files'],
  Write: ['write_file'],
  Edit: ['edit_file'],
  MultiEdit: ['edit_file'],
  Bash: ['run_command'],
  WebFetch: ['web_fetch'],
  Task: ['spawn_subagent', 'subagent_status', 'subagent_result', 'subagent_send', 'subagent_cancel'],
  Agent: ['spawn_subagent', 'subagent_status', 'subagent_result', 'subagent_send', 'subagent_cancel'],
  Workflow: ['run_script', 'script_status'],
};
const own = new Set([...Object.values(mapped).flat(), 'git_diff']);

type Warn = (field: string, message: string) => void;

/** Of a text with commas, or a list. Null: all. */
const namesOf = (field: string, given: unknown, warn: Warn): string[] | null => {
  if (given === undefined || given === null) return null;
  const listed = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? splitNames(given) : null;
  if (listed === null) warn(field, `${field} is ignored: expected names with commas between them`);
  const names = (listed ?? []).map((name) => name.trim()).filter((name) => name !== '');
  return listed === null || names.includes('*') ? null : names;
};

/** Not at the commas within brackets, as in `Bash(git diff, git log)`. */
const splitNames = (text: string): string[] => text.match(/[^,()]+(?:\([^)]*\))?/g) ?? [];

/** `mcp__server__tool`, or `mcp__server` for all of its tools. */
const ofServer = (name: string): string[] | undefined => {
  const [, server, tool = '*'] = /^mcp__((?:(?!__).)+)(?:__(.+))?$/.exec(name) ?? [];
  return server === undefined ? undefined : [`${server}__${tool}`];
};

const toOwn = (field: string, names: readonly string[], warn: Warn): string[] =>
  names.flatMap((name) => {
    const [, bare = name, rule] = /^([^(]+?)\s*(\(.*\))?$/s.exec(name) ?? [];
    const tools = Object.hasOwn(mapped, bare) ? mapped[bare] : own.has(bare) ? [bare] : ofServer(bare);
    if (!tools) warn(field, `there is no tool ${quote(bare)} here: it is left out`);
    else if (rule) {
      const what = field === 'tools' ? 'its calls are asked for like those of any tool' : 'all of the tool is left out';
      warn(field, `the rule of ${quote(name)} is not kept: ${what}`);
    }
    return tools ?? [];
  });

/** The names here of the tools that an agent of Claude Code may use; undefined: all. */
export const claudeTools = (tools: unknown, disallowed: unknown, warn: Warn): string[] | undefined => {
  const allowed = namesOf('tools', tools, warn);
  const denied = namesOf('disallowedTools', disallowed, () => {});
  const left = new Set(denied === null ? [] : toOwn('disallowedTools', denied, () => {}));
  if (allowed === null && left.size === 0) return undefined;
  const names = allowed === null ? [...own] : toOwn('tools', allowed, warn);
  return [...new Set(names)].filter((name) => !left.has(name));
};
