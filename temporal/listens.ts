import { connect } from 'node:net';

/** Null when someone accepts connections at `host:port`, otherwise why not. */
export const whyNotListening = (address: string, timeoutMs: number): Promise<string | null> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(`tcp://${address}`);
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: timeoutMs });
    const settle = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => settle(null));
    socket.once('error', (error) => settle(error.message || 'connection refused'));
    socket.once('timeout', () => settle(`no answer within ${timeoutMs / 1000} s`));
  });
