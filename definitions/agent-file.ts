import path from 'node:path';
import { claudeTool } from '../contracts/claude-tools.ts';
import { type Agent, AgentHead, type Fault, Name } from '../contracts/flow.ts';
import { toolNames } from '../contracts/tool-names.ts';
import { isClaudeAgent, parseClaudeAgent } from './claude-agent.ts';
import { splitFrontMatter } from './front-matter.ts';
import { reportIssues } from './issues.ts';
import { isKnownTool } from './known-tools.ts';
import { hint, quote } from './nearest.ts';
import { FaultList } from './report.ts';
import { parseYaml, type YamlPlace } from './yaml-file.ts';

export type AgentFile = {
  name: string;
  definition: Agent | null;
  description: string;
  faults: Fault[];
  /** What is ignored, and runs. */
  warnings: Fault[];
  modelsAt: YamlPlace;
};

/** The file of an agent, in our format or in Claude Code's. */
export const parseAgentFile = (text: string, file: string): AgentFile =>
  isClaudeAgent(file) ? parseClaudeAgent(text, file) : parseAgent(text, file);

/** An optional front matter of YAML between two lines of `---`, then the system prompt. The agent has the file's name. */
export const parseAgent = (text: string, file: string): AgentFile => {
  const { head, body, unclosed } = splitFrontMatter(text);
  const yaml = parseYaml(head);
  const faults = new FaultList(file, yaml);
  const name = path.basename(file, '.md');
  const start = { line: 1, column: 1 };
  if (!Name.safeParse(name).success)
    faults.add(
      [],
      start,
      `the file's name is the agent's: expected a letter from a to z, then at most 63 letters, digits, - or _`,
    );
  if (unclosed) faults.add([], start, 'the front matter that begins here has no end: expected a second line of ---');
  for (const { message, ...place } of yaml.faults) faults.add([], place, message);
  // A front matter with only comments is null: all defaults apply.
  const value = yaml.value ?? {};
  const parsed = AgentHead.strict().safeParse(value);
  if (parsed.error && yaml.faults.length === 0 && !unclosed)
    reportIssues(parsed.error.issues, value, { at: () => Object.keys(AgentHead.shape) }, faults.phase());
  for (const [index, tool] of (parsed.data?.tools ?? []).entries())
    if (!isKnownTool(tool, file))
      faults
        .phase()
        .at(['tools', index], `unknown tool ${quote(tool)}${hint(claudeTool(tool)?.[0] ?? tool, toolNames)}`);
  const prompt = body.trim();
  if (prompt === '' && !unclosed) {
    const line = text.trimEnd().split('\n').length;
    faults.add([], { line, column: 1 }, 'no text below the front matter: expected the system prompt');
  }
  const whole = faults.sorted.length === 0 && parsed.data;
  return {
    name,
    definition: whole ? { ...parsed.data, name, prompt } : null,
    description: parsed.data?.description ?? '',
    faults: faults.sorted,
    warnings: [],
    modelsAt: yaml.keyPlace(['models']),
  };
};
