/** One conversation with one of the programs that are compared. */
export type Talk = {
  /** Sends a message; resolves when the reply is whole, with the milliseconds from sending to then. */
  turn(text: string): Promise<TurnTime>;
  close(): Promise<void>;
};

export type TurnTime = {
  ms: number;
  /** Only the bare workflow: the milliseconds until its last row was written, before Temporal knew. */
  rowMs?: number;
};

export type Contestant = {
  name: string;
  open(): Promise<Talk>;
  /** The processes that work for it, by what they are, for the CPU they use. */
  processes: Record<string, number>;
};
