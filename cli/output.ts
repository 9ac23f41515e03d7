import { harmless } from './screen/style.ts';

export type JsonOption = { json?: boolean };

/** Something happened: its words for a user, or with `--json` one line for a program. */
export type Print = (words: string, event: { type: string } & Record<string, unknown>) => void;

export const createPrint =
  ({ json = false }: JsonOption): Print =>
  (words, event) => {
    process.stdout.write(json ? `${toJson(event)}\n` : `${words}\n`);
  };

/** One line of JSON that is the same to a program and does nothing in a terminal: JSON itself leaves C1 controls as they are. */
export const toJson = (value: unknown): string => harmlessJson(JSON.stringify(value));

export const harmlessJson = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A text that we did not write: unchanged for a program, and escaped so that it cannot control a terminal. */
export const printText = (text: string): void => {
  process.stdout.write(process.stdout.isTTY ? harmless(text) : text);
};

/** What an error says. It may repeat what a model, a tool or a server has written. */
export const wordsOfError = (error: unknown): string =>
  harmless(error instanceof Error ? error.message : String(error));
