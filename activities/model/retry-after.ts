/** How long a provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date. Null without one. */
export const retryAfterMs = (headers: Headers | undefined, now: number = Date.now()): number | null => {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return Math.max(0, Math.ceil(exact));
  const value = headers?.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};
