import { createHash } from 'node:crypto';
import type { ScriptedRequest } from '../../test/support/script.ts';
import type { ScriptedReply } from '../../test/support/scripted-reply.ts';

/** Each agent's first message begins with the play that it belongs to and its name. */
export const agentPattern = /\[([^/\]\s]+)\/([^\]]+)\] /;
export const keyed = (play: string, agent: string): string => `[${play}/${agent}] `;

export const commandFile = (agent: string): string => `${agent}.ran`;
export const childrenOf = (agent: string): string[] => [0, 1].map((child) => `${agent}-child-${child}`);
/** The agent whose reply does not end by itself. */
export const endless = 'endless';

/** What an agent answers in the end to a message: a function of the message alone. */
export const textFor = (agent: string, message: string): string => {
  const hash = createHash('sha256').update(message).digest('hex');
  return `${agent} says ${hash.slice(0, 20).replaceAll(/../g, '$& ').trim()}`;
};

/** What a person, or its parent, has written last decides; after a tool's result comes the text. */
export const replyTo = ({ messages }: ScriptedRequest, agent: string): ScriptedReply => {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[last]?.content ?? '';
  const text = textFor(agent, message);
  if (agent === endless) return { text: Array.from({ length: 4000 }, (_, at) => `word${at}`).join(' ') };
  if (messages.slice(last + 1).some(({ role }) => role === 'tool')) return { text };
  if (message.includes('Look')) return { toolCalls: [{ name: 'list_files', arguments: {} }] };
  if (message.includes('Run')) {
    const argv = ['sh', '-c', `echo ran >> ${commandFile(agent)}`];
    return { toolCalls: [{ name: 'run_command', arguments: { argv } }] };
  }
  if (message.includes('Spawn')) {
    const [, play = ''] = agentPattern.exec(message) ?? [];
    const spawns = childrenOf(agent).map((child) => ({
      name: 'spawn_subagent',
      arguments: { prompt: `${keyed(play, child)}Look, then tell.`, label: child },
    }));
    return { toolCalls: spawns };
  }
  return { text };
};
