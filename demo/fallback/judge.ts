/** One thing that must be so, and what was seen. */
export type Check = { what: string; isSo: boolean; seen: string };

export const createJudge = () => {
  const checks: Check[] = [];
  return {
    checks,
    check(what: string, isSo: boolean, seen: unknown): void {
      checks.push({ what, isSo, seen: typeof seen === 'string' ? seen : JSON.stringify(seen) });
    },
  };
};

/** Lines for a person; those that are not so stand out. */
export const reportOf = (checks: readonly Check[]): string =>
  checks.map(({ what, isSo, seen }) => `${isSo ? 'so    ' : 'NOT SO'}  ${what}: ${seen}`).join('\n');
