/** The part of Trusted Types that is used here; the compiler's own types do not have them. */
type TrustedTypes = {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): unknown };
};

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

const policy = trustedTypes?.createPolicy('everturn-worker', {
  createScriptURL: (address) => {
    if (new URL(address, location.href).origin === location.origin) return address;
    throw new TypeError(`Cannot start a worker from ${address}: it is not a script of this console`);
  },
});

/** The address of one of our scripts, in the form in which the page's policy lets a worker start with it. */
export const workerAddress = (address: string): string =>
  // The constructors of workers take it as it is, though their types say that it is a string.
  policy ? (policy.createScriptURL(address) as string) : address;
