const againAfterMs = 3_000;
const asked = new Set<string>();

/**
 * Loads the code of an element that is not part of the first view, once. Where that fails it is tried again until it is
 * there; the browser's `vite:preloadError` says so meanwhile.
 */
export const loadPart = (name: string, code: () => Promise<unknown>): void => {
  if (asked.has(name) || customElements.get(name)) return;
  asked.add(name);
  const load = (): void => {
    code().catch(() => setTimeout(load, againAfterMs));
  };
  load();
};
