type Policy = { createScriptURL(address: string): unknown };
type Policies = { createPolicy(name: string, rules: { createScriptURL(address: string): string }): Policy };

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;

const ownScript = (address: string): string => {
  const { origin, pathname, search } = new URL(address, location.href);
  if (origin !== location.origin || !/^\/(?!api\/)[\w./-]+\.[jt]s$/.test(pathname)) {
    throw new TypeError(`Cannot start a worker from ${address}: it is not a script of the console`);
  }
  return pathname + search;
};

/** The page's policy lets no address become a script; this lets scripts of the console's own build be workers. */
const policy = policies?.createPolicy('everturn', { createScriptURL: ownScript });

export const workerAddress = (address: string): string =>
  policy ? (policy.createScriptURL(address) as string) : ownScript(address);
