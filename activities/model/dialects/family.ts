/**
 * The family of a model, by its name: models of one family read each other's signatures. `anthropic/claude-sonnet-4.5`
 * is of `anthropic/claude`, `gemini-3-pro` of `gemini`.
 */
export const familyOf = (model: string): string => {
  const parts = model.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  const [family = name] = name.split(/[-_.:\d\s]/, 1);
  return [...parts.slice(0, -1), family || name].join('/');
};
