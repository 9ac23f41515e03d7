/** For CI: every content of the project is trusted, and whatever data folder it has. */
export const isTrustedByEnvironment = (source: NodeJS.ProcessEnv = process.env): boolean =>
  source.EVERTURN_TRUST === '1' || source.EVERTURN_TRUST === 'true';
