export type JsonOption = { json?: boolean };

/** Something happened: its words for a user, or with `--json` one line for a program. */
export type Tell = (words: string, event: { type: string } & Record<string, unknown>) => void;

export const createTell =
  ({ json = false }: JsonOption): Tell =>
  (words, event) => {
    process.stdout.write(json ? `${JSON.stringify(event)}\n` : `${words}\n`);
  };
