/** One press of Ctrl-C can arrive twice: from the terminal, and passed on by the process that started this one. */
const samePressMs = 300;

/** Calls `press` with 1, 2, … for each press of Ctrl-C. The prompt, which has the keys while it is open, calls `hit`. */
export const watchInterrupts = (press: (times: number) => void) => {
  let times = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  const hit = (): void => {
    const now = performance.now();
    if (now - lastAt < samePressMs) return;
    lastAt = now;
    times += 1;
    press(times);
  };
  process.on('SIGINT', hit);
  const stop = (): void => {
    press = () => {};
    setTimeout(() => process.off('SIGINT', hit), samePressMs).unref();
  };
  return { hit, stop };
};
