const againAfterMs = 3_000;
const asked = new Set<string>();

/**
 * Loads the code of an element once, and retries until that succeeds. Vite reports each failure as the event
 * `vite:preloadError`.
 */
export const loadPart = (name: string, code: () => Promise<unknown>): void => {
  if (asked.has(name) || customElements.get(name)) return;
  asked.add(name);
  const load = (): void => {
    code().catch(() => setTimeout(load, againAfterMs));
  };
  load();
};
