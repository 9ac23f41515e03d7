import path from 'node:path';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Confinement } from '../confine/confinement.ts';
import { startErrnoOf } from '../start-errno.ts';
import { quote } from '../text.ts';
import { lostMark, lostWords } from './answer-lost.ts';
import type { ServerPlace } from './connection.ts';
import { loginHint, withLogin } from './login/with-login.ts';
import { plainText } from './plain-text.ts';
import { quietly } from './quiet.ts';
import { watchAnswers } from './watch-answers.ts';

/** What of this process a server may get. */
export type Environment = {
  confinement: Confinement;
  /** The variables of a command: nothing else of ours. */
  base: Record<string, string>;
  /** The value of a variable that the configuration names. */
  value(name: string): string | undefined;
  /** Where logins of the person are kept. Default: in their home. */
  logins?: string;
};

export type ServerTransport = Transport & {
  /** Why it has ended. */
  reason(): string;
  /** What kept the server from being used, for people. */
  startFault(error: unknown): Error;
};

const messageOf = (error: unknown): string => {
  const root = error instanceof AggregateError ? error.errors[0] : error;
  return plainText(root instanceof Error ? root.message || root.name : String(root), 500);
};

/** Codes of the SDK itself: the connection was closed, the time is over. */
const ofSdk = new Set([-32_000, -32_001]);
const otherVersion = -32_022;

/** What a server answered to the greeting instead of taking it; null for any other error. */
const refusalOf = (error: unknown): string | null => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const said = messageOf(error).replace(/^MCP error -?\d+: /, '');
  if (code === otherVersion || /protocol version/i.test(said))
    return `it speaks another version of MCP, not one of 2024-10-07 to 2025-11-25: ${said}`;
  return typeof code === 'number' && code < 0 && !ofSdk.has(code) ? `it refused to start: ${said}` : null;
};

const variableOf = ({ environment, name }: ServerPlace, variable: string): string => {
  const value = environment.value(variable);
  if (value !== undefined) return value;
  throw new Error(
    `the environment variable ${variable}, which the MCP server ${name} needs, is not set; set it and start the stack again`,
  );
};

const openProcess = async (place: ServerPlace): Promise<ServerTransport> => {
  const { config, environment, project } = place;
  const [file = '', ...args] = config.command ?? [];
  const { createStdio } = await import('./stdio.ts');
  const passed = Object.fromEntries((config.envFrom ?? []).map((name) => [name, variableOf(place, name)]));
  const cwd = path.resolve(project, config.cwd ?? '.');
  const transport = createStdio({
    program: { argv: [file, ...args], cwd, env: { ...environment.base, ...config.env, ...passed }, workspace: project },
    confinement: environment.confinement,
  });
  return Object.assign(transport, {
    startFault: (error: unknown): Error => {
      const code = startErrnoOf(file, error);
      if (code === 'ENOENT') return new Error(`command not found: ${quote(file)} in ${cwd}`);
      if (code === 'EACCES') return new Error(`${quote(file)} is not a program that may be run`);
      const refusal = refusalOf(error);
      if (refusal !== null) return new Error(refusal);
      const isLate = messageOf(error).includes('timed out');
      return new Error(isLate ? `it did not answer within ${config.startSeconds} s` : transport.reason());
    },
  });
};

const openHttp = async (place: ServerPlace): Promise<ServerTransport> => {
  const { config } = place;
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { createGuardedFetch } = await import('./guarded-fetch.ts');
  const named = Object.entries(config.headersFrom ?? {}).map(([header, variable]) => [
    header,
    variableOf(place, variable),
  ]);
  const answers = watchAnswers((id) =>
    transport.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32_000, message: lostWords, data: lostMark } }),
  );
  const guarded = createGuardedFetch({ local: config.local === true, streamEnded: answers.streamEnded });
  const transport = new StreamableHTTPClientTransport(new URL(config.url ?? ''), {
    fetch: answers.over(withLogin(guarded.fetch, place)),
    requestInit: { headers: { ...config.headers, ...Object.fromEntries(named) } },
  });
  transport.onmessage = answers.heard;
  const close = transport.close.bind(transport);
  return Object.assign(transport as Transport, {
    close: async () => {
      // A server of sessions keeps one for ever that nobody ends.
      if (transport.sessionId !== undefined)
        await Promise.race([
          transport.terminateSession().catch(() => undefined),
          new Promise((done) => setTimeout(done, 500).unref()),
        ]);
      await close();
      guarded.close();
    },
    reason: () => 'the connection was closed',
    startFault: (error: unknown): Error => {
      const message = messageOf(error);
      const isLate = message.includes('timed out');
      if (error instanceof Error && 'code' in error && error.code === 401)
        return new Error(`${config.url} needs a login; ${loginHint(place.name)}`);
      if (isLate) return new Error(`${config.url} did not answer within ${config.startSeconds} s`);
      const isOlder = error instanceof Error && 'code' in error && (error.code === 404 || error.code === 405);
      const hint = isOlder ? '; it may speak only the older HTTP with SSE, which Everturn does not' : '';
      return new Error(`${config.url}: ${refusalOf(error) ?? message}${hint}`);
    },
  });
};

export const openTransport = async (place: ServerPlace): Promise<ServerTransport> => {
  const transport = await (place.config.command ? openProcess(place) : openHttp(place));
  const { reason, startFault } = transport;
  return Object.assign(transport, {
    reason: () => quietly(place, reason()),
    startFault: (error: unknown) => new Error(quietly(place, startFault(error).message)),
  });
};
