/** Every tool that an agent's `tools` may name, with one line each; a worker may offer fewer, as with `web: false`. */
export const toolWords = {
  read_file: 'reads a text file in windows of numbered lines',
  list_files: 'lists a folder, or all files below it that fit a glob',
  search_files: 'finds lines by a regular expression',
  git_diff: 'shows what changed in the git repository of the workspace',
  write_file: 'creates a file or replaces its content',
  edit_file: 'replaces a piece of text in a file',
  run_command: 'runs a program without a shell, within `limits.commandSeconds`',
  web_fetch: 'fetches a page of the public web as text; not with `web: false`',
  spawn_subagent: 'starts an agent in the background',
  subagent_status: 'says how background agents stand',
  subagent_result: 'gives or waits for the result of one',
  subagent_send: 'sends a message to one',
  subagent_cancel: 'cancels one',
  run_script: 'runs a script of many agents in the background',
  script_status: 'says how far such a script has come',
  todo: 'writes down what is to do, for itself and for people',
  load_skill: 'loads the instructions of a skill; where there are skills',
  search_memory: 'finds and reads notes of earlier sessions',
  save_memory: 'keeps a note for later sessions',
  manage_memory: 'removes or moves a note',
  web_search: 'searches the web; where `search` names a provider',
  mcp_resource: 'lists and reads resources of MCP servers; where a server has some',
} as const;

export const toolNames: readonly string[] = Object.keys(toolWords);
