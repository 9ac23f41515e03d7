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
  BashOutput: ['command_output'],
  KillShell: ['command_stop'],
  KillBash: ['command_stop'],
  WebFetch: ['web_fetch'],
  WebSearch: ['web_search'],
  Task: ['spawn_subagent', 'subagent_status', 'subagent_result', 'subagent_send', 'subagent_cancel'],
  Agent: ['spawn_subagent', 'subagent_status', 'subagent_result', 'subagent_send', 'subagent_cancel'],
  TaskOutput: ['subagent_result', 'command_output'],
  TaskStop: ['subagent_cancel', 'command_stop'],
  SendMessage: ['subagent_send'],
  Workflow: ['run_script', 'script_status'],
  TodoWrite: ['todo'],
  TaskCreate: ['todo'],
  TaskGet: ['todo'],
  TaskList: ['todo'],
  TaskUpdate: ['todo'],
  Skill: ['load_skill'],
  AskUserQuestion: ['ask_user'],
  ListMcpResourcesTool: ['mcp_resource'],
  ReadMcpResourceTool: ['mcp_resource'],
  // Always there where a schema is: nothing to name.
  StructuredOutput: [],
};

/** `mcp__server__tool`, or `mcp__server` for all of its tools. */
const ofServer = (name: string): string[] | undefined => {
  const [, server, tool = '*'] = /^mcp__((?:(?!__).)+)(?:__(.+))?$/.exec(name) ?? [];
  return server === undefined ? undefined : [`${server}__${tool}`];
};

/** The tools here of one that Claude Code has; undefined for any other name. */
export const claudeTool = (name: string): readonly string[] | undefined =>
  Object.hasOwn(mapped, name) ? mapped[name] : ofServer(name);
