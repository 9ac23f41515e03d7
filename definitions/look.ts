/** What a user has trusted of a project's definitions, at one moment. */
export type Look = {
  /** Whether the project may act by itself: schedules and webhooks. */
  whole: boolean;
  /** Whether the file may be used as it says, with this hash of its text. */
  knows(file: string, hash: string): boolean;
};

/** For read-only use, and for folders that need no trust. */
export const everythingTrusted = (): Look => ({ whole: true, knows: () => true });
