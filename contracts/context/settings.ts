import { z } from 'zod';

const share = z.number().gt(0).max(1);

/** `context` of everturn.yaml. Shares are of the model's context window. */
export const ContextSettings = z
  .strictObject({
    highMark: share
      .default(0.8)
      .describe('Above this share, old tool results are left out or the conversation is summarised.'),
    lowMark: share.default(0.5).describe('The share down to which it is shortened.'),
    keepRecent: share.default(0.2).describe('The share at the end of the conversation that stays as it is.'),
    reserveTokens: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        'Tokens of the window that are kept free for the reply. Default: an eighth of the window, at most 8192. A larger `models[].maxTokens` counts instead, up to half of the window.',
      ),
    marks: z
      .enum(['on', 'off'])
      .default('on')
      .describe('`off`: a conversation is shortened only when a provider refuses it.'),
  })
  .superRefine(({ highMark, lowMark, keepRecent }, context) => {
    const complain = (name: string, value: number, above: string): void => {
      const message = `must be below ${above}; it is ${value}`;
      context.addIssue({ code: 'custom', path: [name], message });
    };
    if (lowMark >= highMark) complain('lowMark', lowMark, `highMark (${highMark})`);
    if (keepRecent >= highMark) complain('keepRecent', keepRecent, `highMark (${highMark})`);
  });
export type ContextSettings = z.infer<typeof ContextSettings>;

export const defaultContext: ContextSettings = { highMark: 0.8, lowMark: 0.5, keepRecent: 0.2, marks: 'on' };

/** Tokens that a request may have. `reply`: those that it asks the provider to keep free for the reply, which many count. */
export const roomOf = (window: number, { reserveTokens }: ContextSettings, reply: number): number => {
  const reserved = Math.max(reserveTokens ?? Math.min(8192, Math.floor(window / 8)), reply);
  return Math.max(window - reserved, Math.floor(window / 2));
};
