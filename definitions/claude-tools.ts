import { claudeTool } from '../contracts/claude-tools.ts';
import { toolNames } from '../contracts/tool-names.ts';
import { quote } from './nearest.ts';

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
const splitNames = (text: string): string[] => text.replace(/^\[(.*)\]$/s, '$1').match(/[^,()]+(?:\([^)]*\))?/g) ?? [];

const toOwn = (field: string, names: readonly string[], warn: Warn): string[] =>
  names.flatMap((name) => {
    const [, bare = name, rule] = /^([^(]+?)\s*(\(.*\))?$/s.exec(name) ?? [];
    const tools = claudeTool(bare) ?? (toolNames.includes(bare) ? [bare] : undefined);
    if (!tools) warn(field, `there is no tool ${quote(bare)} here: it is left out`);
    else if (rule) {
      const what = field === 'tools' ? 'its calls are asked for like those of any tool' : 'all of the tool is left out';
      warn(field, `the rule of ${quote(name)} is not kept: ${what}`);
    }
    return tools ?? [];
  });

/** What would do the same in another way. */
const alike: Record<string, readonly string[]> = {
  write_file: ['delete_file', 'apply_patch', 'apply_pending'],
  edit_file: ['delete_file', 'apply_patch', 'apply_pending'],
  run_command: ['command_input'],
};

const withAlike = (names: readonly string[]): string[] => names.flatMap((name) => [name, ...(alike[name] ?? [])]);

/** The names here of the tools that an agent of Claude Code may use; undefined: all. */
export const claudeTools = (tools: unknown, disallowed: unknown, warn: Warn): string[] | undefined => {
  const allowed = namesOf('tools', tools, warn);
  const denied = namesOf('disallowedTools', disallowed, () => {});
  const left = new Set(denied === null ? [] : withAlike(toOwn('disallowedTools', denied, () => {})));
  if (allowed === null && left.size === 0) return undefined;
  const names = allowed === null ? toolNames : toOwn('tools', allowed, warn);
  return [...new Set(names)].filter((name) => !left.has(name));
};
