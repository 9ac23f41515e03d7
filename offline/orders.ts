import { shorten } from './results.ts';
import { parseObject, type Task } from './task.ts';

/** A request of the user to do something with one tool. */
export type Order = { tool: string; args: Record<string, unknown>; saying: string };

const polite = /^(?:(?:please|then|and)\s+)+/i;
/** Content of several lines belongs to the order above it, up to the next line that begins one. */
const nextOrder = /\n(?=[ \t]*(?:(?:please|then|and)[ \t]+)*(?:write \S+?:|run:|replace "))/i;
const inBackground = /^(?:(?:please|then|and)\s+)*(?:(?:work|do)\s+)?(?:this\s+)?in the background\s*[:,]?\s*/i;

const withoutFence = (text: string): string => /^```\w*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;

/** A command line to argv; what only a shell can read goes to one. */
const splitCommand = (line: string): string[] =>
  /[|&;<>$*?`\\"']/.test(line) ? ['sh', '-c', line] : line.split(/\s+/);

const toOrder = (paragraph: string, { tools }: Task): Order[] => {
  const text = paragraph.trim().replace(polite, '');
  const [, path, content] = /^write `?((?=[^\s:]*[./])[\w@./-]+)`?:\s*([\s\S]+)$/i.exec(text) ?? [];
  if (path && content)
    return [{ tool: 'write_file', args: { path, content: withoutFence(content) }, saying: `write ${path}` }];
  const [, old_text, new_text, file] = /^replace "(.+?)" with "(.*?)" in `?([\w@./-]+)/i.exec(text) ?? [];
  if (old_text && file)
    return [{ tool: 'edit_file', args: { path: file, old_text, new_text }, saying: `edit ${file}` }];
  const [, command] = /^run(?::\s*| (?=`))`?(.+?)`?\.?$/i.exec(text) ?? [];
  if (command) return [{ tool: 'run_command', args: { argv: splitCommand(command) }, saying: `run ${command}` }];
  const [, tool, args] = /^call (?:the tool )?`?([\w-]+)`?(?: with)?\s*(\{[\s\S]*\})?/i.exec(text) ?? [];
  return tool && tools.has(tool) ? [{ tool, args: parseObject(args ?? '{}'), saying: `call ${tool}` }] : [];
};

/** Each item of a list, or the whole message, for a background agent. */
const backgroundOrders = (question: string): Order[] => {
  const [head = '', ...rest] = question.trim().split('\n');
  if (!inBackground.test(head)) return [];
  const items = rest.flatMap((line) => /^\s*(?:[-*]|\d+[.)])\s+(.+)$/.exec(line)?.[1]?.trim() ?? []);
  const whole = [head.replace(inBackground, ''), ...rest].join('\n').trim();
  return (items.length > 0 ? items : [whole]).filter(Boolean).map((prompt) => {
    const saying = `work on “${shorten(prompt, 60)}” in the background`;
    return { tool: 'spawn_subagent', args: { prompt }, saying };
  });
};

/** The orders in a message: `in the background: …`, `write FILE: content`, `replace "a" with "b" in FILE`, `run: npm test`, `call TOOL {…}`. */
export const ordersIn = (task: Task): Order[] => {
  const background = backgroundOrders(task.question);
  if (background.length > 0) return background;
  return task.question.split(nextOrder).flatMap((paragraph) => toOrder(paragraph, task));
};
