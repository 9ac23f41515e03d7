/** Why the built-in model answers, and what to do for another: a file that names one may wait for the user's trust. */
export const offlineWords = async (project: string): Promise<string> => {
  // What reads a project is a third of a command's start, and seldom needed.
  const { loadTrustedConfig } = await import('../../trust/config.ts');
  try {
    if (loadTrustedConfig(project).ignored)
      return 'everturn.yaml is not used until you trust what it would allow: npx everturn trust';
  } catch {
    return 'everturn.yaml has errors: npx everturn doctor';
  }
  return 'Name one in everturn.yaml';
};

export const offlineNote = async (project: string): Promise<string> =>
  `Offline model (built in): no provider is asked. ${await offlineWords(project)}`;
