import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Binds the port for a moment. Null when it is taken. */
const tryPort = (port: number, host = '127.0.0.1'): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(bound));
    });
  });

export const isPortFree = async (port: number, host?: string): Promise<boolean> => (await tryPort(port, host)) !== null;

/** Below those that systems give to outgoing connections, which would take one between the choice and its use. */
const [lowest, highest] = [15_000, 32_000];

/**
 * A loopback address that cannot be guessed, with a port: some 2^38 pairs. Null where the system has no loopback address
 * but 127.0.0.1.
 */
export const hiddenAddress = async (): Promise<{ ip: string; port: number } | null> => {
  if (process.platform === 'darwin') return null;
  const ip = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await tryPort(randomInt(lowest, highest), ip);
    if (port !== null) return { ip, port };
  }
  return null;
};

/** A port on 127.0.0.1 that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = await tryPort(randomInt(lowest, highest));
    if (port !== null) return port;
  }
  throw new Error(`Cannot find a free port on 127.0.0.1 between ${lowest} and ${highest}`);
};
