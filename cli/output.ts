export type JsonOption = { json?: boolean };

/** Something happened: its words for a user, or with `--json` one line for a program. */
export type Print = (words: string, event: { type: string } & Record<string, unknown>) => void;

export const createPrint =
  ({ json = false }: JsonOption): Print =>
  (words, event) => {
    process.stdout.write(json ? `${JSON.stringify(event)}\n` : `${words}\n`);
  };
