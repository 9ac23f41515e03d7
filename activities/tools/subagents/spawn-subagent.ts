import { z } from 'zod';
import { Budget } from '../../../contracts/script.ts';
import { OnParentEnd } from '../../../contracts/subagents.ts';
import { maxOpen } from '../../../store/subagents.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { noNul } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { inherit } from './inherit.ts';
import { labelOf, subagentId } from './words.ts';

const describe = (depth: number): string =>
  depth === 0
    ? 'background agents are switched off (limits.subagentDepth in everturn.yaml is 0)'
    : `background agents may be ${depth} level${depth === 1 ? '' : 's'} deep (limits.subagentDepth in everturn.yaml) and this one is as deep as that; do the work here`;

const maxMetadata = 4000;

const Metadata = z
  .record(z.string().min(1).max(100), z.union([z.string(), z.number(), z.boolean()]))
  .refine((facts) => JSON.stringify(facts).length <= maxMetadata, `at most ${maxMetadata} characters of JSON`);

export const createSpawnSubagent = ({ store, findAgent, models, limits, otherTools }: SubagentToolDependencies): Tool =>
  defineTool({
    name: 'spawn_subagent',
    description:
      'Start another agent in the background, with its own prompt, and continue at once. It sees the workspace but not this conversation. When it ends, a message here says how, with its result: there is no need to ask for it again and again. If you are to give an answer that needs its result, wait with subagent_result before you end your turn.',
    parameters: z.strictObject({
      prompt: noNul.min(1).max(100_000).describe('All that it needs to know'),
      agent: z.string().min(1).max(100).optional().describe('The name of an agent; default: the same as you'),
      label: noNul.max(200).optional().describe('A few words by which people know it'),
      model: z.string().min(1).max(200).optional().describe('The name of a configured model'),
      tools: z
        .array(z.string().min(1).max(100))
        .min(1)
        .max(200)
        .optional()
        .describe('The only tools that it may use, by name; default: those of its agent'),
      budget: Budget.optional().describe('What it may use in all: {"tokens": 50000}, {"dollars": 0.5} or both'),
      metadata: Metadata.optional().describe('Short facts that people and programs see with it'),
      onParentEnd: OnParentEnd.optional().describe('What becomes of it when this session ends'),
    }),
    effect: 'idempotent',
    permission: 'read',
    doing: () => 'spawn a background agent',
    async run(
      { prompt, agent, label, model, tools, budget, metadata, onParentEnd },
      { sessionId, turn, idempotencyKey },
    ) {
      const parent = await store.subagents.parent(sessionId);
      if (!parent) throw failed('its session was deleted');
      const id = subagentId(idempotencyKey);
      const own = inherit(
        parent,
        { agent, model, tools },
        { findAgent, models, ...(otherTools ? { otherTools } : {}) },
      );
      const asked = {
        id,
        parentSessionId: sessionId,
        turn,
        label: labelOf(label, prompt),
        prompt,
        onParentEnd,
        budget,
        metadata,
      };
      const outcome = await store.subagents.spawn({ ...asked, ...own }, limits);
      if (outcome === 'too_deep') throw failed(describe(limits.subagentDepth));
      if (outcome === 'too_many') throw failed(`${maxOpen} of this session have not ended yet; wait for some`);
      store.wake(sessionId);
      const text = `Started the background agent ${id} "${asked.label}". A message will say how it ended.`;
      return { ...ok(text), subagent: { id, action: 'start' } };
    },
  });
