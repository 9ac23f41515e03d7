import { createHash } from 'node:crypto';
import { hasEnded, type Subagent, type SubagentDetail } from '../../../contracts/subagents.ts';
import type { Store } from '../../../store/store.ts';
import { failed } from '../failed.ts';
import { quote } from '../text.ts';

/** Of the call that spawns it: the same call again makes nothing new. */
export const subagentId = (callKey: string): string =>
  `a_${createHash('sha256').update(`subagent ${callKey}`).digest('hex').slice(0, 24)}`;

const maxLabelLength = 80;

/** One line: the label that was asked for, else how the prompt begins. */
export const labelOf = (label: string | undefined, prompt: string): string => {
  const text = (label?.trim() || prompt).replaceAll(/\s+/g, ' ').trim();
  return text.length > maxLabelLength ? `${text.slice(0, maxLabelLength - 1)}…` : text;
};

const seconds = (from: string, to: string | null): string =>
  `${Math.max(0, Math.round(((to === null ? Date.now() : Date.parse(to)) - Date.parse(from)) / 1000))} s`;

/** One line of how it stands. */
export const stateLine = (subagent: Subagent, isAsking = false): string => {
  const { id, label, status, code, createdAt, startedAt, endedAt, ahead, cancelling } = subagent;
  const name = `${id} "${label}"${(subagent.attempt ?? 1) > 1 ? ` (attempt ${subagent.attempt})` : ''}`;
  if (status === 'queued')
    return `${name}: queued for a place for ${seconds(createdAt, null)}, ${ahead ?? 0} before it`;
  if (hasEnded(status)) {
    return `${name}: ${status}${code === null ? '' : ` (${code})`} after ${seconds(startedAt ?? createdAt, endedAt)}`;
  }
  const doing = cancelling ? 'is being cancelled' : isAsking ? 'running, waits for a user to allow a call' : 'running';
  return `${name}: ${doing}, for ${seconds(startedAt ?? createdAt, null)}`;
};

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`;

/** How far it has come, and what it has used. Empty where nothing is known. */
export const progressOf = ({ progress, usage }: SubagentDetail): string => {
  if (!progress || progress.requests === 0) return '';
  const last = progress.lastTool === null ? '' : `, the last ${progress.lastTool}`;
  const calls = `${count(progress.requests, 'model request')}, ${count(progress.calls, 'tool call')}${last}`;
  if (!usage) return calls;
  const cost = usage.cost === null ? '' : `, $${usage.cost.toFixed(4)}`;
  return `${calls}; ${usage.input} tokens in, ${usage.output} out${cost}`;
};

/** One that this session has spawned. Throws `tool_failed`, which names those that there are. */
export const findOwn = async (store: Store, sessionId: string, id: string) => {
  const subagent = await store.subagents.find(id);
  if (subagent?.parentSessionId === sessionId) return subagent;
  const { subagents } = await store.subagents.list({ session: sessionId, limit: 20 });
  const known = subagents.map((own) => `${own.id} "${own.label}"`).join(', ');
  throw failed(
    `this session has spawned no background agent ${quote(id, 80)}; ${known ? `there are ${known}` : 'there is none'}`,
  );
};
