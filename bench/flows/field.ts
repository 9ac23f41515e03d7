import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Closing } from '../closing.ts';
import { type OurStack, startOurs } from '../ours/stack.ts';
import { type Servers, startServers } from '../servers.ts';

/** Everything that a part of the bench measures. */
export type Field = {
  servers: Servers;
  client: Client;
  stack: OurStack;
  /** The floor: a bare workflow with empty children. */
  bare: { queue: string; pid: number };
};

const bareQueue = 'bare-items';
/** Items at once, for both. */
export const atOnce = 16;

const flows = {
  items: `name: items
steps:
  - { id: all, kind: map, items: 'Array.from({ length: input.count }, (_, n) => n)', maxConcurrent: ${atOnce}, code: 'return item' }
`,
  wide: `name: wide
steps:
${Array.from({ length: 200 }, (_, n) => `  - { id: s${n}, kind: code, code: 'return ${n}' }`).join('\n')}
`,
};

export const openField = async (closing: Closing, progress: (line: string) => void): Promise<Field> => {
  const servers = await startServers(closing, progress);
  const connection = await Connection.connect({ address: servers.temporalAddress });
  closing.add(() => connection.close());
  const bare = await servers.startProgram('bare', new URL('./bare/bare-process.ts', import.meta.url), {
    ...process.env,
    BENCH_TEMPORAL: servers.temporalAddress,
    BENCH_QUEUE: bareQueue,
  });
  const folder = path.join(servers.folder, 'ours', '.everturn', 'flows');
  const stack = await startOurs(servers, closing, 'ours');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(flows)) await writeFile(path.join(folder, `${name}.yaml`), text);
  return { servers, client: new Client({ connection }), stack, bare: { queue: bareQueue, pid: bare.pid } };
};
