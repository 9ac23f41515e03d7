import type { Subagent } from '../../../contracts/subagents.ts';

/** A message by which a background agent told of its end. */
export type BackgroundMessage = { subagent: Subagent; text: string };

/** Null for a message of a person, even one that is written in the same way: Everturn knows which turn it told. */
export const backgroundMessage = (
  { turn, text }: { turn: number; text: string },
  subagents: readonly Subagent[],
): BackgroundMessage | null => {
  const [head, id] = /^\[Background agent "[^\n]*" \((\S+?)(?:, attempt \d+)?\) [^\n]*\]/.exec(text) ?? [];
  const subagent = subagents.find((one) => one.id === id && one.deliveredTurn === turn);
  return subagent && head !== undefined ? { subagent, text: text.slice(head.length).trimStart() } : null;
};
