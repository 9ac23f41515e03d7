/** Where a node's key points: `run/<id>/step/<step>` or `…/item/<index>`. */
export const placeOfNode = (key: string): { run: string; step: string; index: number | null } | null => {
  const [, run, step, index] = /^run\/([^/]+)\/step\/([^/]+)(?:\/item\/(\d+))?$/.exec(key) ?? [];
  if (run === undefined || step === undefined) return null;
  return { run, step, index: index === undefined ? null : Number(index) };
};
