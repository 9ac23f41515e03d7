import { loadTrustedConfig } from '../../trust/config.ts';

/** Why the built-in model answers, and what to do for another: a file that names one may wait for the user's trust. */
export const offlineWords = (project: string): string => {
  try {
    if (loadTrustedConfig(project).ignored)
      return 'everturn.yaml is not used until you trust what it would allow: npx everturn trust';
  } catch {
    return 'everturn.yaml has errors: npx everturn doctor';
  }
  return 'Name one in everturn.yaml';
};

export const offlineNote = (project: string): string =>
  `Offline model (built in): no provider is asked. ${offlineWords(project)}`;
