import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { hasEnded, type SubagentDetail } from '../../../contracts/subagents.ts';
import { defineTool, ok } from '../define.ts';
import { quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { createSlots } from './slots.ts';
import { findOwn, progressOf, stateLine } from './words.ts';

const maxCharacters = 50_000;
const lookMs = 250;
/** Calls of one worker that wait at once: far fewer than its activities, so that those who are waited for can run. */
const maxWaiting = 80;

const endOf = (subagent: SubagentDetail): string => {
  const { result, reason, sessionId } = subagent;
  const text = result ?? reason ?? '';
  const left = text.length - maxCharacters;
  const rest = left > 0 ? `\n[${left} more characters in session ${sessionId ?? 'which was deleted'}]` : '';
  const used = progressOf(subagent);
  const head = `${stateLine(subagent)}${used === '' ? '' : ` (${used})`}`;
  return `${head}\n${text.slice(0, maxCharacters)}${rest}`.trimEnd();
};

/** Waits no longer than it is asked to, and holds no place of its own while it does: it cannot keep anybody from one. */
export const createSubagentResult = ({ store }: Pick<SubagentToolDependencies, 'store'>): Tool => {
  const slots = createSlots(maxWaiting);

  const waitFor = async (id: string, until: number, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const left = until - Date.now();
      if (left <= 0) return;
      await delay(Math.min(lookMs, left), undefined, { signal });
      const state = await store.subagents.state(id);
      if (!state || hasEnded(state.status)) return;
    }
  };

  return defineTool({
    name: 'subagent_result',
    description:
      'The result of a background agent of this session: its last text, or why it has none. With wait, waits for its end, up to `seconds`; otherwise says at once whether it still runs.',
    parameters: z.strictObject({
      id: z.string().min(1).max(200),
      wait: z.boolean().default(false),
      seconds: z.number().min(0).max(600).default(120).describe('How long to wait'),
    }),
    effect: 'pure',
    permission: 'read',
    doing: ({ id }) => `give the result of ${quote(id, 80)}`,
    async run({ id, wait, seconds }, { sessionId, signal }) {
      const before = await findOwn(store, sessionId, id);
      if (hasEnded(before.status)) return ok(endOf(before));
      const slot = wait ? slots.take() : undefined;
      try {
        if (slot) await waitFor(id, Date.now() + seconds * 1000, signal);
      } finally {
        slot?.leave();
      }
      const subagent = await findOwn(store, sessionId, id);
      if (hasEnded(subagent.status)) return ok(endOf(subagent));
      const hint = wait
        ? 'It has not ended yet: wait again, or end your turn, and a message will come.'
        : 'It has not ended yet.';
      return ok(`${stateLine(subagent)}\n${hint}`);
    },
  });
};
