/** Where a node's key points: `run/<id>/step/<step>` or `…/item/<index>`. */
export const placeOfNode = (key: string): { run: string; step: string; index: number | null } | null => {
  const [, run, step, index] = /^run\/([^/]+)\/step\/([^/]+)(?:\/item\/(\d+))?$/.exec(key) ?? [];
  if (run === undefined || step === undefined) return null;
  return { run, step, index: index === undefined ? null : Number(index) };
};

/** A step by its name; calls of scripts have ids of content, of which the first digits tell them apart. */
export const stepName = (step: string): string => (/^[0-9a-f]{20}/.test(step) ? `call ${step.slice(0, 8)}` : step);
