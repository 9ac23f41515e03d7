const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `30s`, `1.5h`, or of a number of seconds. */
export const toMs = (duration: number | string): number => {
  if (typeof duration === 'number') return Math.round(duration * 1000);
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Math.round(Number(amount) * units[unit as keyof typeof units]);
};
