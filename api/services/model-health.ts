/** Longer waits for no answer say the same. */
const patienceMs = 2000;

/**
 * Whether anything answers where a model is asked: any answer will do, since this process has no keys. Null: the
 * address is unknown.
 */
export const isReachable = async (url: string | null): Promise<boolean | null> => {
  if (url === null) return null;
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/models`, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: 'manual',
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
};
