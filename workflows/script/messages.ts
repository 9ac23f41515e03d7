export type ScriptInput = {
  runId: string;
  name: string;
  consoleUrl: string;
  /** Where its agents' workflows run. */
  agentsQueue: string;
  /** It continued as new: the script begins again, and what has ended is not asked again. */
  again?: boolean;
  /** For tests. */
  historyLimit?: number;
};
