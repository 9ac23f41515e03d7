import { EverturnError } from '../../contracts/errors.ts';
import { freePort, isPortFree } from '../../runtime/ports.ts';

export type PortWish = {
  /** Who listens there, for messages. */
  purpose: string;
  /** Asked for by name: this one or none. `by` names the variable or the field. */
  asked: { port: number; by: string } | null;
  /** Taken the last time. */
  remembered: number | undefined;
  usual: number;
};

/** On 127.0.0.1, none of `others`. Throws `port_taken` for one that was asked for. */
export const choosePort = async (
  { purpose, asked, remembered, usual }: PortWish,
  others: ReadonlySet<number>,
): Promise<number> => {
  const usable = async (port: number) => !others.has(port) && (await isPortFree(port));
  if (asked) {
    if (await usable(asked.port)) return asked.port;
    throw new EverturnError(
      'port_taken',
      `Cannot use port ${asked.port} for ${purpose}, which ${asked.by} asks for: another program listens on it. Stop that program, or ask for another port`,
      { details: { port: asked.port, askedBy: asked.by } },
    );
  }
  for (const port of [remembered, usual]) if (port !== undefined && (await usable(port))) return port;
  return freePort();
};
