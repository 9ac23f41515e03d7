import { backgroundOrders } from './background.ts';
import { splitCommand } from './split-command.ts';
import type { Task } from './task.ts';

/** Something the user told us to do with one tool. */
export type Order = { tool: string; args: Record<string, unknown>; saying: string };

const file = '[`"\']?([\\w@./-]+)[`"\']?';
const please = '(?:(?:please|then|and)\\s+)*';

const fileWithEnding = '[`"\']?((?=[^\\s:]*[./])[\\w@./-]+)[`"\']?';

// biome-ignore lint/plugin: all its parts are ours
const writing = new RegExp(
  `^${please}(?:write|create|save)\\s+(?:(?:a|the)\\s+)?(?:file\\s+)?(?:to\\s+)?${fileWithEnding}\\s*(?::|with(?:\\s+the)?(?:\\s+(?:content|contents|text))?\\s*:?)\\s*([\\s\\S]+)$`,
  'i',
);
// biome-ignore lint/plugin: all its parts are ours
const editing = new RegExp(
  `^${please}(?:replace|change)\\s+["\`](.+?)["\`]\\s+(?:with|by|to)\\s+["\`](.*?)["\`]\\s+in\\s+${file}`,
  'i',
);
const commands =
  'npm|npx|node|git|ls|cat|echo|pwd|make|python3?|cargo|go|tsc|vitest|pytest|sleep|date|sh|bash|true|false';
// biome-ignore lint/plugin: all its parts are ours
const running = new RegExp(
  `^${please}(?:run|execute)(?:\\s*:\\s*\`?(.+?)\`?|\\s+(?:the command\\s+)?\`(.+?)\`|\\s+((?:${commands})\\b.*?))\\.?$`,
  'i',
);
// biome-ignore lint/plugin: all its parts are ours
const calling = new RegExp(
  `^${please}(?:call|use)\\s+(?:the\\s+)?(?:tool\\s+)?\`?([\\w-]+)\`?(?:\\s+tool)?(?:\\s+(?:with|on))?(?:\\s+(?:the\\s+)?arguments)?:?\\s*(\\{[\\s\\S]*\\})?`,
  'i',
);

// biome-ignore lint/plugin: all its parts are ours
const startsOrder = new RegExp(
  `^${please}(?:(?:write|create|save)\\s+\\S+|(?:run|execute)\\s*:|(?:run|execute)\\s+\`|(?:replace|change)\\s+["\`])`,
  'i',
);

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

const parseArgs = (text: string | undefined): Record<string, unknown> => {
  try {
    return text ? (JSON.parse(text) as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const toOrder = (text: string, { tools }: Task): Order[] => {
  const write = writing.exec(text);
  if (write?.[1] && write[2]) {
    return [
      { tool: 'write_file', args: { path: write[1], content: withoutFence(write[2]) }, saying: `write ${write[1]}` },
    ];
  }
  const edit = editing.exec(text);
  if (edit?.[1] && edit[3]) {
    return [
      {
        tool: 'edit_file',
        args: { path: edit[3], old_text: edit[1], new_text: edit[2] ?? '' },
        saying: `edit ${edit[3]}`,
      },
    ];
  }
  const run = running.exec(text.trim());
  const command = run?.[1] ?? run?.[2] ?? run?.[3];
  if (command) return [{ tool: 'run_command', args: { argv: splitCommand(command) }, saying: `run ${command}` }];
  const call = calling.exec(text);
  if (call?.[1] && tools.has(call[1])) return [{ tool: call[1], args: parseArgs(call[2]), saying: `call ${call[1]}` }];
  return [];
};

/** What the message plainly orders: `in the background: …`, `write FILE: content`, `replace "a" with "b" in FILE`, `run: npm test`, `call TOOL {…}`. */
export const ordersIn = (task: Task): Order[] => {
  const background = backgroundOrders(task.question);
  if (background.length > 0) return background;
  return toParagraphs(task.question).flatMap((paragraph) => toOrder(paragraph, task));
};
