import { z } from 'zod';

const share = z.number().gt(0).max(1);

/** `context` of everturn.yaml. Shares are of the model's context window. */
export const ContextSettings = z
  .strictObject({
    /** Above it, old tool results are left out, or the conversation is summarised. */
    highMark: share.default(0.8),
    /** Down to it. */
    lowMark: share.default(0.5),
    /** The end of the conversation that stays as it is. */
    keepRecent: share.default(0.2),
    /** Tokens of the window that are kept free for the reply. Default: an eighth of it, at most 8192. */
    reserveTokens: z.int().nonnegative().optional(),
    /** `off`: only what a provider refuses is shortened. */
    marks: z.enum(['on', 'off']).default('on'),
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
