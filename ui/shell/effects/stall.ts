/** How long work may bring no event before it is asked what holds it up. */
const quietMs = 5_000;

export type StallOptions = {
  /** Whether something runs that should bring events. */
  isBusy(): boolean;
  /** What is known of why nothing comes; null: all that is known works. */
  why(signal: AbortSignal): Promise<string | null>;
  /** Null: it goes on, or nothing is known to hold it up. */
  onStall(stall: { since: number; reason: string } | null): void;
  signal: AbortSignal;
};

/**
 * Notices work that stands still while the stream itself beats: its worker, Temporal or the provider may be away. Gives the
 * function to call at each event.
 */
export const watchForStall = ({ isBusy, why, onStall, signal }: StallOptions): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since = Date.now();
  let isStalled = false;

  const notify = (reason: string | null): void => {
    if (reason === null && !isStalled) return;
    isStalled = reason !== null;
    onStall(reason === null ? null : { since, reason });
  };

  const look = async (): Promise<void> => {
    const asked = since;
    const reason = isBusy() && !document.hidden ? await why(signal) : null;
    if (signal.aborted || asked !== since) return;
    notify(reason);
    timer = setTimeout(() => void look(), quietMs);
  };

  const heard = (): void => {
    since = Date.now();
    clearTimeout(timer);
    if (signal.aborted) return;
    notify(null);
    timer = setTimeout(() => void look(), quietMs);
  };
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  heard();
  return heard;
};
