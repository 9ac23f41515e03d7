import path from 'node:path';
import { type Agent, AgentHead, type Fault, Name } from '../contracts/flow.ts';
import { toolNames } from '../contracts/tool-names.ts';
import { checkModels } from './check-models.ts';
import { reportIssues } from './issues.ts';
import { hint, quote } from './nearest.ts';
import { FaultList } from './report.ts';
import { parseYaml } from './yaml-file.ts';

export type AgentFile = {
  definition: Agent | null;
  description: string;
  faults: Fault[];
  /** With what it names elsewhere too: models, by the names that everturn.yaml configures. */
  faultsWith(models: readonly string[]): Fault[];
};

/** An optional front matter of YAML between two lines of `---`, then the system prompt. The agent has the file's name. */
export const parseAgent = (text: string, file: string): AgentFile => {
  const { head, body, unclosed } = split(text);
  const yaml = parseYaml(head);
  const faults = new FaultList(file, yaml);
  const name = path.basename(file, '.md');
  const start = { line: 1, column: 1 };
  if (!Name.safeParse(name).success)
    faults.add([], start, `the file's name is the agent's: expected a letter, then at most 63 letters, digits, - or _`);
  if (unclosed) faults.add([], start, 'the front matter that begins here has no end: expected a second line of ---');
  for (const { message, ...place } of yaml.faults) faults.add([], place, message);
  // A head of comments alone is null: nothing is said, so all defaults hold.
  const value = yaml.value ?? {};
  const parsed = AgentHead.strict().safeParse(value);
  if (parsed.error && yaml.faults.length === 0 && !unclosed)
    reportIssues(parsed.error.issues, value, { at: () => Object.keys(AgentHead.shape) }, faults.phase());
  for (const [index, tool] of (parsed.data?.tools ?? []).entries())
    if (!toolNames.includes(tool))
      faults.phase().at(['tools', index], `unknown tool ${quote(tool)}${hint(tool, toolNames)}`);
  const prompt = body.trim();
  if (prompt === '' && !unclosed) {
    const line = text.trimEnd().split('\n').length;
    faults.add([], { line, column: 1 }, 'there is no text below the front matter: expected the system prompt');
  }
  const whole = faults.sorted.length === 0 && parsed.data;
  return {
    definition: whole ? { ...parsed.data, name, prompt } : null,
    description: parsed.data?.description ?? '',
    faults: faults.sorted,
    faultsWith: (models) => {
      const all = faults.copy();
      const named = (parsed.data?.models ?? []).map((model, index) => ({ name: model, path: ['models', index] }));
      checkModels(named, models, all.phase());
      return all.sorted;
    },
  };
};

/** The head keeps its lines: an empty one stands for the first `---`. */
const split = (text: string): { head: string; body: string; unclosed: boolean } => {
  if (!/^---[ \t]*\r?\n/.test(text)) return { head: '', body: text, unclosed: false };
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*\r?$/.test(line));
  if (end === -1) return { head: '', body: '', unclosed: true };
  return { head: ['', ...lines.slice(1, end), ''].join('\n'), body: lines.slice(end + 1).join('\n'), unclosed: false };
};
