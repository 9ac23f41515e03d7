import path from 'node:path';
import { AgentHead, Effort } from '../contracts/flow.ts';
import { OneLine } from '../contracts/one-line.ts';
import type { AgentFile } from './agent-file.ts';
import { claudeTools } from './claude-tools.ts';
import { splitFrontMatter } from './front-matter.ts';
import { hint, quote } from './nearest.ts';
import { isRecord } from './path.ts';
import { FaultList } from './report.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** Whether a file has the form of Claude Code's: it is found in a folder `.claude/agents`, or below. */
export const isClaudeAgent = (file: string): boolean => {
  const folders = path.dirname(path.resolve(file)).split(path.sep);
  return folders[folders.lastIndexOf('.claude') + 1] === 'agents' && folders.includes('.claude');
};

const AgentName = OneLine.min(1).max(100);
const known = ['name', 'description', 'tools', 'disallowedTools', 'model', 'effort', 'maxTurns'];

/** What skills and commands call the field `tools`: an agent that names it so has all tools. */
const toolsElsewhere = new Set(['allowedTools', 'allowed-tools', 'allowed_tools']);

/** The field that one may be meant for. */
const meant = (field: string): string => {
  const near = toolsElsewhere.has(field) ? '; did you mean "tools"?' : hint(field, known);
  return near.startsWith('; did') ? near : '';
};

/**
 * An agent of Claude Code as it is: its tools by their names there, its model by any name. Unknown fields are ignored with
 * a warning. It has no permissions of its own.
 */
export const parseClaudeAgent = (text: string, file: string): AgentFile => {
  const { head, body, unclosed } = splitFrontMatter(text);
  const yaml = parseYaml(head);
  const faults = new FaultList(file, yaml);
  const warnings = new FaultList(file, yaml);
  const start = { line: 1, column: 1 };
  const value = readHead(head, yaml, faults);
  const warn = (field: string, message: string): void => warnings.add([field], yaml.keyPlace([field]), message);
  if (unclosed) faults.add([], start, 'the front matter that begins here has no end: expected a second line of ---');
  const ignored = Object.keys(value).filter((field) => !known.includes(field));
  for (const field of ignored)
    if (meant(field) !== '') warn(field, `the field ${quote(field)} is ignored${meant(field)}`);
  const [first, ...others] = ignored.filter((field) => meant(field) === '');
  if (first !== undefined && others.length === 0) warn(first, `the field ${quote(first)} is ignored`);
  if (first !== undefined && others.length > 0)
    warn(first, `the fields ${[first, ...others].map(quote).join(', ')} are ignored`);
  const name = AgentName.safeParse(
    typeof value.name === 'number' ? String(value.name) : (value.name ?? path.basename(file, '.md')),
  );
  if (!name.success) faults.phase().at(['name'], 'expected one line of at most 100 characters');
  const prompt = body.trim();
  if (prompt === '' && !unclosed)
    faults.add(
      [],
      { line: text.trimEnd().split('\n').length, column: 1 },
      'no text below the front matter: expected the system prompt',
    );
  const effort = Effort.safeParse(value.effort);
  if (value.effort !== undefined && !effort.success)
    warn('effort', `the effort ${quote(String(value.effort))} is ignored`);
  const turns = AgentHead.shape.stepsPerTurn.safeParse(value.maxTurns);
  if (turns.error) warn('maxTurns', 'maxTurns is ignored: expected a number from 1 to 10,000');
  const tools = claudeTools(value.tools, value.disallowedTools, warn);
  const description = typeof value.description === 'string' ? value.description : '';
  const model = typeof value.model === 'string' ? value.model.trim() : '';
  const whole = faults.sorted.length === 0 && name.success;
  return {
    name: name.success ? name.data : path.basename(file, '.md'),
    definition: whole
      ? {
          name: name.data,
          description,
          models: model === '' ? [] : [model],
          ...(tools === undefined ? {} : { tools }),
          permissions: [],
          ...(effort.success ? { effort: effort.data } : {}),
          ...(turns.data === undefined ? {} : { stepsPerTurn: turns.data }),
          prompt,
        }
      : null,
    description,
    faults: faults.sorted,
    warnings: warnings.sorted,
    modelsAt: yaml.keyPlace(['model']),
  };
};

/** Many descriptions are not YAML, such as those with a colon in them: such a head is read line by line. */
const readHead = (head: string, yaml: YamlFile, faults: FaultList): Record<string, unknown> => {
  if (yaml.faults.length === 0) {
    const value = yaml.value ?? {};
    if (isRecord(value)) return value;
    faults.add([], { line: 1, column: 1 }, 'the front matter is not a list of fields, such as name: reviewer');
    return {};
  }
  const fields: Record<string, string> = {};
  let last: string | null = null;
  for (const [index, whole] of head.split('\n').entries()) {
    const line = whole.replace(/\r$/, '');
    const [, field, rest = ''] = /^([A-Za-z][\w-]*):(?:[ \t]+(.*))?$/.exec(line) ?? [];
    if (field !== undefined) {
      last = field;
      fields[field] = rest;
    } else if (last !== null && (line.trim() === '' || /^(\s|- )/.test(line))) {
      fields[last] += `\n${line}`;
    } else if (line.trim() !== '' && !line.startsWith('#')) {
      faults.add(
        [],
        { line: index + 1, column: 1 },
        `expected a field, such as name: reviewer, found ${quote(line.trim())}`,
      );
    }
  }
  return Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, readField(field, text)]));
};

/** As YAML by itself, or as text if it is not YAML. */
const readField = (field: string, text: string): unknown => {
  // Many files indent with tabs, which YAML does not allow.
  const { value, faults } = parseYaml(`${field}: ${text.replaceAll(/^\t+/gm, '  ')}\n`);
  if (faults.length === 0 && isRecord(value)) return value[field];
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
};
