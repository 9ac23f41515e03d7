/** The names of this machine as URLs have them. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The same, and as sockets have them. */
export const loopbackAddresses: readonly string[] = [...loopbackHosts, '::1'];
