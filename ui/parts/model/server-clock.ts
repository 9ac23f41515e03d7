/** The header counts whole seconds and has travelled: a smaller difference says nothing. */
const leastMs = 5_000;

let aheadMs = 0;

/** Takes the time of an answer of the API: a browser's clock may be hours off. */
export const readClock = (date: string | null): void => {
  const difference = Date.parse(date ?? '') - Date.now();
  if (!Number.isNaN(difference)) aheadMs = Math.abs(difference) < leastMs ? 0 : difference;
};

/** The API's time. Every moment the console shows was taken by that clock. */
export const serverNow = (): number => Date.now() + aheadMs;
