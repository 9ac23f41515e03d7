import { planText } from '../model/plan.ts';

/** Tokens of a reply. The request before it asks for the tool and streams no text. */
export const replyTokens = 100;

/** Turns of each session, one after the other. One session alone takes four: all else is compared with its median. */
export const turnsPerSession = (sessions: number): number => (sessions === 1 ? 4 : 2);

/** A model of real speed: 500 ms to the first token, then 50 tokens a second; two requests and one `read_file` a turn. */
export const realTurn = planText({ calls: 1, first: 500, pieces: replyTokens, every: 20 });

/** The same turn with a model that answers at once, to warm the programs up. */
export const quickTurn = planText({ calls: 1, pieces: replyTokens });

/** Sessions live at once. */
export const standardSizes: readonly number[] = [1, 25, 50, 100];

/** The largest p50, as a multiple of the contestant's own at one session, at which a machine is not full. */
export const kneeRatio = 1.1;

/** The search for a knee ends at so many times the largest size. */
export const searchBeyond = 4;

export const counted = (sessions: number): string => `${sessions} session${sessions === 1 ? '' : 's'}`;
