import type { Task } from './task.ts';

export type PlannedCall = { tool: string; args: Record<string, unknown> };

/** Other names under which a tool may take the same thing. */
const synonyms: Record<string, string[]> = {
  path: ['file', 'file_path', 'filename', 'folder', 'directory', 'dir'],
  pattern: ['query', 'regex', 'text'],
  content: ['text', 'contents', 'body'],
  argv: ['args', 'command'],
  glob: ['include'],
};

/** The call as the tool's own schema takes it: what it has no place for is left out. None when it is not offered. */
export const planCall = ({ tools }: Task, tool: string, wanted: Record<string, unknown>): PlannedCall[] => {
  const takes = tools.get(tool);
  if (!takes) return [];
  const args = Object.entries(wanted).flatMap(([name, value]) => {
    const place = [name, ...(synonyms[name] ?? [])].find((candidate) => takes.has(candidate));
    return place === undefined ? [] : [[place, value] as const];
  });
  return [{ tool, args: Object.fromEntries(args) }];
};
