import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Confinement, Program } from '../confine/confinement.ts';
import { endGroup } from '../process-group.ts';
import { serverLimits } from './limits.ts';
import { createLines } from './lines.ts';
import { createPace, floodWords, type Verdict } from './pace.ts';
import { plainText } from './plain-text.ts';

const graceMs = 500;

export type StdioTransport = Transport & {
  /** Why it ended, with the last that the server said on its standard error. */
  reason(): string;
};

type Options = { program: Program; confinement: Confinement };

const parsed = (line: string): JSONRPCMessage | null => {
  try {
    return JSONRPCMessageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
};

/** A server as a process, confined like a command: what it starts ends with it, and all of it with this worker. */
export const createStdio = ({ program, confinement }: Options): StdioTransport => {
  let stop: ((why: string) => Promise<void>) | undefined;
  let write: ((text: string) => void) | undefined;
  let why = 'it has not been started';
  let said = '';
  let noise = '';

  const read = (stream: Readable | null, took: (chunk: Buffer) => Verdict): void => {
    stream?.on('data', (chunk: Buffer) => {
      const verdict = took(chunk);
      if (verdict === 'floods') void stop?.(floodWords);
      else if (verdict.pauseMs > 0) {
        stream.pause();
        setTimeout(() => stream.resume(), verdict.pauseMs).unref();
      }
    });
    stream?.on('error', () => undefined);
  };

  const transport: StdioTransport = {
    reason: () => {
      const last = plainText(said || noise, 500);
      return last === '' ? why : `${why}; it said: ${last}`;
    },

    start: () =>
      new Promise((resolve, reject) => {
        const started = confinement.start({ ...program, input: true });
        const { child } = started;
        let isEnded = false;
        const end = async (reason: string): Promise<void> => {
          if (isEnded) return;
          isEnded = true;
          why = reason;
          write = undefined;
          child.stdin?.end();
          const gone = new Promise<void>((done) => child.once('exit', () => done()));
          if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
            await Promise.race([gone, delay(graceMs)]);
          if (child.pid !== undefined) await endGroup(child.pid);
          await started.end();
          for (const stream of [child.stdout, child.stderr]) stream?.destroy();
          transport.onclose?.();
        };
        stop = end;
        started.failed.catch((error: Error) => void end(error.message));
        child.once('error', (error) => {
          reject(error);
          void end(error.message);
        });
        child.once('spawn', () => resolve());
        child.once(
          'exit',
          (code, signal) =>
            void end(signal === null ? `it ended with exit code ${code}` : `it was killed by ${signal}`),
        );
        child.stdin?.on('error', () => undefined);
        write = (text) => void child.stdin?.write(text);
        const lines = createLines();
        const pace = createPace();
        read(child.stdout, (chunk) => {
          try {
            const whole = lines(chunk);
            for (const line of whole) {
              const message = parsed(line);
              // Many servers print what is not the protocol's.
              if (message) transport.onmessage?.(message);
              else if (noise.length < serverLimits.saidCharacters) noise += `${line.slice(0, 500)}\n`;
            }
            return pace.took(chunk.length, whole.length);
          } catch (error) {
            void end((error as Error).message);
            return { pauseMs: 0 };
          }
        });
        const words = createPace();
        read(child.stderr, (chunk) => {
          said = `${said}${chunk.toString('utf8')}`.slice(-serverLimits.saidCharacters);
          return words.took(chunk.length, 0);
        });
      }),

    send: (message) => {
      if (!write) return Promise.reject(new Error(why));
      write(`${JSON.stringify(message)}\n`);
      return Promise.resolve();
    },

    close: async () => await stop?.('it was ended'),
  };
  return transport;
};
