export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** The last column of a demo's table. */
export const heldColumn = {
  title: '',
  value: ({ faults }: { faults: readonly unknown[] }): string => (faults.length === 0 ? 'held' : 'BROKEN'),
};

const printEnd = (faults: readonly string[]): void => {
  if (faults.length === 0) console.log('\nall promises held');
  else console.log(`\n${faults.length} promises broken:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
};

/** The report on standard output, as JSON or as the demo prints it, and the exit code. */
export const finish = (
  { json }: { json: boolean },
  report: Readonly<Record<string, unknown>>,
  broken: readonly string[],
  print: () => void = () => undefined,
): void => {
  if (json) console.log(JSON.stringify({ ...report, broken }, null, 2));
  else {
    print();
    printEnd(broken);
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
};
