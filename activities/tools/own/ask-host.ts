import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { moduleFile } from '../../../files/module-file.ts';
import type { Confinement } from '../confine/confinement.ts';
import { createLines } from '../mcp/lines.ts';
import { callVariable } from '../orphans.ts';
import { endGroup } from '../process-group.ts';
import { formatBytes, storable } from '../text.ts';
import { HostAnswer, type HostRequest } from './protocol.ts';

const host = moduleFile(import.meta.dirname, 'host');
const maxOutputBytes = 20_000_000;
const maxLiveCharacters = 100_000;
const maxSaid = 2000;
const drainMs = 1000;
const heapMegabytes = 512;
/** What Node says of TypeScript, and of a package.json without `type`, is nothing that the tool says. */
const quiet = ['ExperimentalWarning', 'MODULE_TYPELESS_PACKAGE_JSON'].map((name) => `--disable-warning=${name}`);

export type Asked = {
  request:
    | Omit<Extract<HostRequest, { action: 'run' }>, 'nonce'>
    | Omit<Extract<HostRequest, { action: 'describe' }>, 'nonce'>;
  cwd: string;
  env: Record<string, string>;
  confinement: Confinement;
  seconds: number;
  signal: AbortSignal;
  onOutput(text: string): void;
};

const failed = (fault: string): HostAnswer => ({ outcome: 'failed', fault });

/**
 * Runs a tool in a process of its own, confined like a command, and gives its answer. Whatever it started or left open has
 * ended with it. Throws the signal's reason.
 */
export const askHost = async ({
  request,
  cwd,
  env,
  confinement,
  seconds,
  signal,
  onOutput,
}: Asked): Promise<HostAnswer> => {
  signal.throwIfAborted();
  const nonce = randomUUID();
  const started = confinement.start({
    argv: [process.execPath, `--max-old-space-size=${heapMegabytes}`, ...quiet, host],
    cwd,
    workspace: cwd,
    env: { ...env, ...(request.action === 'run' ? { [callVariable]: request.key } : {}) },
    input: true,
  });
  const { child } = started;
  const { promise, resolve } = Promise.withResolvers<HostAnswer>();
  let bytes = 0;
  let shown = 0;
  let said = '';
  const show = (text: string): void => {
    said = `${said}${text}`.slice(-maxSaid);
    const room = maxLiveCharacters - shown;
    if (room <= 0) return;
    shown += text.length;
    onOutput(storable(text.slice(0, room)));
  };
  const count = (chunk: Buffer): boolean => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes)
      resolve(failed(`it wrote more than ${formatBytes(maxOutputBytes)} of output, and was ended`));
    return bytes <= maxOutputBytes;
  };
  const lines = createLines(2 * maxOutputBytes);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!count(chunk)) return;
    for (const line of lines(chunk)) {
      if (line.startsWith(`${nonce} `)) resolve(HostAnswer.parse(JSON.parse(line.slice(nonce.length + 1))));
      else if (line !== '') show(`${line}\n`);
    }
  });
  // A character may come in two parts.
  const decoder = new StringDecoder('utf8');
  child.stderr?.on('data', (chunk: Buffer) => {
    if (count(chunk)) show(decoder.write(chunk));
  });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined);
  child.once('error', (error) => resolve(failed(`its process cannot be started: ${error.message}`)));
  started.failed.catch((error: Error) => resolve(failed(error.message)));
  const gone = (code: number | null, end: NodeJS.Signals | null): void => {
    const words = said.trim().split('\n').slice(-5).join('\n');
    const how = /heap out of memory/.test(said)
      ? `it took more than ${heapMegabytes} MB of memory`
      : `its process ended before it returned (${end === null ? `exit code ${code}` : end})`;
    resolve(failed(words === '' || how.includes('memory') ? how : `${how}: ${words}`));
  };
  child.once('close', gone);
  // Its last words may come after its exit; what it has started may hold its output open for ever.
  child.once('exit', (code, end) => void setTimeout(gone, drainMs, code, end).unref());
  const onAbort = (): void => resolve(failed('cancelled'));
  signal.addEventListener('abort', onAbort, { once: true });
  const doing = request.action === 'run' ? 'it did not return' : 'it was not loaded';
  const timer = setTimeout(() => resolve(failed(`${doing} within ${seconds} s, and was ended`)), seconds * 1000);
  try {
    child.stdin?.end(JSON.stringify({ ...request, nonce }));
    const answer = await promise;
    signal.throwIfAborted();
    return answer;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (child.pid !== undefined) await endGroup(child.pid);
    await started.end();
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }
};
