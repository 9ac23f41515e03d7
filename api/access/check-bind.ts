import { EverturnError } from '../../contracts/errors.ts';

/** Where the API is to listen, and who is known to it. */
export type Bind = {
  host: string;
  /** Under which people reach it. */
  consoleUrl: string;
  hasTls: boolean;
  hasProxy: boolean;
  allowedHosts: readonly string[];
  /** Whether anyone beside the owner can come in. */
  hasUsers: boolean;
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

const refuse = (host: string, why: string, instead: string): EverturnError =>
  new EverturnError('config_invalid', `Cannot listen on EVERTURN_API_HOST=${host}: ${why}. ${instead}`);

/**
 * Other machines reach an API only encrypted, and each of its users by a token of their own. Throws `config_invalid` that
 * says what to do. A proxy whose address is a loopback one, as the published port of a container, is this machine.
 */
export const checkBind = ({ host, consoleUrl, hasTls, hasProxy, allowedHosts, hasUsers }: Bind): void => {
  if (isLoopback(host)) return;
  const { protocol, hostname } = new URL(consoleUrl);
  const isForThisMachine = hasProxy && isLoopback(hostname) && allowedHosts.length === 0;
  if (isForThisMachine) return;
  if (!hasTls && !hasProxy) {
    throw refuse(
      host,
      'other machines would send their tokens unencrypted',
      'Set EVERTURN_TLS_CERT and EVERTURN_TLS_KEY, or put a proxy with TLS before it and set EVERTURN_PROXY=true, or listen on 127.0.0.1',
    );
  }
  if (!hasTls && protocol !== 'https:') {
    throw refuse(
      host,
      `EVERTURN_PROXY=true, and EVERTURN_CONSOLE_URL=${consoleUrl} is not encrypted`,
      'Set EVERTURN_CONSOLE_URL to the https address of the proxy',
    );
  }
  if (!hasUsers) {
    throw refuse(
      host,
      'only the owner has a token, and a shared token does not show who did what',
      'Add users first: "everturn users add NAME --role operator" while it listens on 127.0.0.1, or "users" in everturn.yaml, or EVERTURN_OIDC=true',
    );
  }
};
