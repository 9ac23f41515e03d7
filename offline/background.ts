import type { Order } from './orders.ts';

const phrase = 'in the background';
// biome-ignore lint/plugin: all its parts are ours
const lead = new RegExp(`^(?:(?:please|then|and)\\s+)*(?:work\\s+|do\\s+)?${phrase}\\s*[:,]?\\s*`, 'i');
// biome-ignore lint/plugin: all its parts are ours
const trail = new RegExp(`,?\\s+${phrase}\\s*[.!]?\\s*$`, 'i');
const bullet = /^\s*(?:[-*]|\d+[.)])\s+(.+)$/;

const toOrder = (prompt: string): Order => ({
  tool: 'spawn_subagent',
  args: { prompt },
  saying: `work on “${prompt.length > 60 ? `${prompt.slice(0, 59)}…` : prompt}” in the background`,
});

/** What the message asks to have done in the background: each item of its list, or all of it. */
export const backgroundOrders = (question: string): Order[] => {
  const [head = '', ...rest] = question.trim().split('\n');
  if (!lead.test(head) && !trail.test(head.replace(/:\s*$/, ''))) return [];
  const items = rest.flatMap((line) => bullet.exec(line)?.[1]?.trim() ?? []);
  if (items.length > 0) return items.map(toOrder);
  const prompt = [head.replace(lead, '').replace(trail, ''), ...rest].join('\n').trim();
  return prompt === '' ? [] : [toOrder(prompt)];
};

const tidings = /^\[Background agent "(.*)" \((a_\w+)\) (.+)\]\n?([\s\S]*)$/;

/** The message by which a background agent tells how it has ended, quoted; null for any other. */
export const quoteTidings = (question: string): string | null => {
  const [, label, id, how, text = ''] = tidings.exec(question) ?? [];
  if (label === undefined || id === undefined || how === undefined) return null;
  const quote = text.trim().replaceAll(/^/gm, '> ');
  return [`The background agent “${label}” ${how}.`, ...(text.trim() === '' ? [] : ['', quote])].join('\n');
};
