/** Processes by what they are for. `server` is Temporal's or Restate's, `worker` what runs the agent. */
export const groups = ['server', 'worker', 'postgres', 'api'] as const;
export type Group = (typeof groups)[number];
export type Processes = Partial<Record<Group, readonly number[]>>;

/** A whole turn as its client saw it. */
export type SeenTurn = {
  /** From sending the message to the end of the reply. */
  ms: number;
  /** Only where a reader follows: from the model writing the first token to the reader having it. */
  firstTokenMs?: number;
  /** Only where a reader follows: tokens that reached it while the reply grew, not with the finished step. */
  streamedTokens?: number;
};

export type CapacityTalk = { turn(text: string): Promise<SeenTurn>; close(): Promise<void> };

export type Contestant = {
  name: ContestantName;
  title: string;
  open(): Promise<CapacityTalk>;
  /** The processes that work for it, as they are now. Shared servers are charged only to those that use them. */
  processes(): Processes;
};

export const titles = {
  plain: 'plain Node + pg',
  turn: 'bare turn, 3 activities',
  activity: 'bare turn, 1 activity',
  session: 'bare session + child turn',
  langgraph: 'LangGraph.js',
  restate: 'Restate',
  ours: 'ours, a reader on each session',
};
export type ContestantName = keyof typeof titles;
export const contestantNames = Object.keys(titles) as ContestantName[];

/** A contestant's line in a table. */
export type Row = { name: ContestantName; label: string };
