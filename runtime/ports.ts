import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Binds the port on loopback for a moment. Null when it is taken. */
const tryPort = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(bound));
    });
  });

export const isPortFree = async (port: number): Promise<boolean> => (await tryPort(port)) !== null;

/** Below those that systems give to outgoing connections, which would take one between the choice and its use. */
const [lowest, highest] = [15_000, 32_000];

/** A port on 127.0.0.1 that nobody listened on a moment ago. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = await tryPort(randomInt(lowest, highest));
    if (port !== null) return port;
  }
  throw new Error(`Cannot find a free port on 127.0.0.1 between ${lowest} and ${highest}`);
};
