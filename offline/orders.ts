import { shorten } from './results.ts';
import { parseObject, type Task } from './task.ts';

/** Something the user told us to do with one tool. */
export type Order = { tool: string; args: Record<string, unknown>; saying: string };

const please = String.raw`^(?:(?:please|then|and)\s+)*`;
const of = (pattern: string): RegExp =>
  // biome-ignore lint/plugin: all its parts are ours
  new RegExp(please + pattern, 'i');

const writing = of(
  String.raw`(?:write|create|save)\s+(?:(?:a|the)\s+)?(?:file\s+)?(?:to\s+)?[\`"']?((?=[^\s:]*[./])[\w@./-]+)[\`"']?\s*(?::|with(?:\s+the)?(?:\s+(?:content|contents|text))?\s*:?)\s*([\s\S]+)$`,
);
const editing = of(
  String.raw`(?:replace|change)\s+["\`](.+?)["\`]\s+(?:with|by|to)\s+["\`](.*?)["\`]\s+in\s+[\`"']?([\w@./-]+)`,
);
const running = of(
  String.raw`(?:run|execute)(?:\s*:\s*\`?(.+?)\`?|\s+(?:the command\s+)?\`(.+?)\`|\s+((?:npm|npx|node|git|ls|cat|echo|make|python3?|sh|bash|sleep)\b.*?))\.?$`,
);
const calling = of(
  String.raw`(?:call|use)\s+(?:the\s+)?(?:tool\s+)?\`?([\w-]+)\`?(?:\s+tool)?(?:\s+(?:with|on))?(?:\s+(?:the\s+)?arguments)?:?\s*(\{[\s\S]*\})?`,
);
const startsOrder = of(
  String.raw`(?:(?:write|create|save)\s+\S+|(?:run|execute)\s*[:\`]|(?:run|execute)\s+\`|(?:replace|change)\s+["\`])`,
);
const inBackground = /^(?:(?:please|then|and)\s+)*(?:(?:work|do)\s+)?(?:this\s+)?in the background\s*[:,]?\s*/i;
const backgroundAtEnd = /,?\s+in the background\s*[.!]?\s*$/i;

/** Content of several lines belongs to the order above it, up to the next line that begins one. */
const toParagraphs = (text: string): string[] => {
  const paragraphs: string[] = [];
  for (const line of text.split('\n')) {
    if (paragraphs.length === 0 || startsOrder.test(line.trim())) paragraphs.push(line.trim());
    else paragraphs.push(`${paragraphs.pop()}\n${line}`);
  }
  return paragraphs;
};

const withoutFence = (text: string): string => /^```\w*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;

const piece = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+)/g;

/** A command line to argv. What only a shell can do goes to one. */
const splitCommand = (line: string): string[] =>
  /[|&;<>$*?`\\]/.test(line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ''))
    ? ['sh', '-c', line]
    : [...line.matchAll(piece)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');

const toOrder = (text: string, { tools }: Task): Order[] => {
  const [, written, content] = writing.exec(text) ?? [];
  if (written && content) {
    const args = { path: written, content: withoutFence(content) };
    return [{ tool: 'write_file', args, saying: `write ${written}` }];
  }
  const [, old_text, new_text, path] = editing.exec(text) ?? [];
  if (old_text && path) return [{ tool: 'edit_file', args: { path, old_text, new_text }, saying: `edit ${path}` }];
  const [, ...commands] = running.exec(text.trim()) ?? [];
  const command = commands.find(Boolean);
  if (command) return [{ tool: 'run_command', args: { argv: splitCommand(command) }, saying: `run ${command}` }];
  const [, tool, given] = calling.exec(text) ?? [];
  return tool && tools.has(tool) ? [{ tool, args: parseObject(given ?? '{}'), saying: `call ${tool}` }] : [];
};

const spawn = (prompt: string): Order => {
  return { tool: 'spawn_subagent', args: { prompt }, saying: `work on “${shorten(prompt, 60)}” in the background` };
};

/** Each item of a list, or the whole message. */
const backgroundOrders = (question: string): Order[] => {
  const [head = '', ...rest] = question.trim().split('\n');
  if (!inBackground.test(head) && !backgroundAtEnd.test(head.replace(/:\s*$/, ''))) return [];
  const items = rest.flatMap((line) => /^\s*(?:[-*]|\d+[.)])\s+(.+)$/.exec(line)?.[1]?.trim() ?? []);
  const whole = [head.replace(inBackground, '').replace(backgroundAtEnd, ''), ...rest].join('\n').trim();
  return (items.length > 0 ? items : [whole]).filter(Boolean).map(spawn);
};

/** What the message plainly orders: `in the background: …`, `write FILE: content`, `replace "a" with "b" in FILE`, `run: npm test`, `call TOOL {…}`. */
export const ordersIn = (task: Task): Order[] => {
  const background = backgroundOrders(task.question);
  if (background.length > 0) return background;
  return toParagraphs(task.question).flatMap((paragraph) => toOrder(paragraph, task));
};
