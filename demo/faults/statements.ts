import type { Observer } from './link.ts';

/** `before`: Postgres has not got the statement. `after`: it has committed, and the asker has not heard so. */
export type Side = 'before' | 'after';

/** Resolves when the traffic of this connection may go on. */
type Reached = (name: string, side: Side, clientPort: number) => Promise<void>;

const calledFunction = /\b(?:SELECT|FROM)\s+(?:\*\s+FROM\s+)?([a-z]+_[a-z_]+)\(/i;

const readString = (bytes: Buffer, at: number): { text: string; next: number } => {
  const end = bytes.indexOf(0, at);
  return { text: bytes.toString('utf8', at, end), next: end + 1 };
};

const isReadyOutsideTransaction = (bytes: Buffer): boolean =>
  bytes.length >= 6 && bytes.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]));

/**
 * Reads Postgres' protocol along and tells of each of our functions that is called, by its name: before the server gets
 * the call, and after it has committed but before the asker hears of it.
 */
export const createStatementObserver = (clientPort: number, reached: Reached): Observer => {
  let pending = Buffer.alloc(0);
  let isStarted = false;
  const prepared = new Map<string, string>();
  let called: string[] = [];

  const readMessage = (type: string, body: Buffer): string | undefined => {
    if (type === 'P') {
      const { text: name, next } = readString(body, 0);
      const { text } = readString(body, next);
      prepared.set(name, calledFunction.exec(text)?.[1] ?? '');
    }
    if (type !== 'B') return undefined;
    const { next } = readString(body, 0);
    return prepared.get(readString(body, next).text) || undefined;
  };

  /** Names of the functions that are called in what has come whole. */
  const read = (bytes: Buffer): string[] => {
    pending = Buffer.concat([pending, bytes]);
    const names: string[] = [];
    for (;;) {
      const header = isStarted ? 1 : 0;
      if (pending.length < header + 4) return names;
      const length = pending.readUInt32BE(header);
      if (pending.length < header + length) return names;
      const name = isStarted
        ? readMessage(String.fromCharCode(pending[0] ?? 0), pending.subarray(5, 1 + length))
        : undefined;
      if (name) names.push(name);
      isStarted = true;
      pending = pending.subarray(header + length);
    }
  };

  return {
    toServer: async (bytes) => {
      for (const name of read(bytes)) {
        called.push(name);
        await reached(name, 'before', clientPort);
      }
    },
    toClient: async (bytes) => {
      if (called.length === 0 || !isReadyOutsideTransaction(bytes)) return;
      const names = called;
      called = [];
      for (const name of names) await reached(name, 'after', clientPort);
    },
  };
};
