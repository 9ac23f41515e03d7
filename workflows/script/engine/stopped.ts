/** The engine gave up, for time or for memory. Nothing of it can be used any more. */
export class EngineStopped extends Error {
  override readonly name = 'EngineStopped';
  /** Where the script was, as far as it can be known: lines of the code as it was given. */
  readonly at: string;

  constructor(message: string, at = '') {
    super(message);
    this.at = at;
  }
}

/** What code threw before its first await: `stack` names lines of the code as it was given. */
export class GuestError extends Error {
  override readonly name: string;
  override readonly stack: string;

  constructor(name: string, message: string, stack: string) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

export const limitReached = {
  tooLong:
    'The script computed for too long without an await that takes time. Do less in one step, or ask an agent or a tool',
  tooManyJobs:
    'The script runs forever without an await that takes time: its promises wait only for each other. Await an agent, a tool or sleep()',
  tooManyRejections:
    'More than 10000 promises were rejected and their errors were not caught. Await them, or catch their errors',
  tooDeep: 'The script calls itself too deeply: the stack of the engine is full. Use a loop in place of the recursion',
  tooMuch: 'The script needs more memory than it may take (64 MB, the engine itself included). Keep less of it at once',
} as const;

/**
 * What the engine threw because it could not continue; null: it is an error of the script. `isFull`: its memory has grown to
 * the limit.
 */
export const limitOf = ({ name, message }: { name: string; message: string }, isFull: boolean): string | null => {
  if (name === 'EngineStopped') return message;
  // When not even an error can be made, the engine throws null.
  if (name === '' && message === 'null') return isFull ? limitReached.tooMuch : null;
  if (name !== 'InternalError') return null;
  if (message === 'interrupted') return limitReached.tooLong;
  if (message === 'stack overflow') return limitReached.tooDeep;
  return message === 'out of memory' ? limitReached.tooMuch : null;
};
