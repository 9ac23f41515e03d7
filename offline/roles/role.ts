import type { Brief } from '../brief.ts';
import type { Stage } from '../inquiry.ts';
import type { Evidence } from '../result/evidence.ts';

/** A way to work that a prompt asks for, whoever wrote it. */
export type Role = {
  /** `text` is the prompt, or the prompt and what the agent is. */
  fits(brief: Brief, text: string): boolean;
  /** What to find out next; no calls when there is enough. */
  next(brief: Brief): Stage;
  conclude(brief: Brief): Evidence;
};

export const nothing: Stage = { thinking: '', calls: [] };

export const shorten = (text: string, most = 80): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

const longestQuote = 240;

/** A part of the line that stands in it exactly so: the tools may have cut the rest. */
export const quoteOf = (text: string): string => {
  const whole = text
    .replace(/ ?\[\.\.\. [^\]]*\]$/, '')
    .replace(/ … \[line cut: \d+ more bytes\]$/, '')
    .trim();
  return [...whole].slice(0, longestQuote).join('').trimEnd();
};

export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
export const says = (text: string): string => `[offline model] ${text}`;
