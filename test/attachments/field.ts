import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { noise } from '../../attachments/testing/pictures.ts';
import type { WireMessage } from '../../contracts/request.ts';
import { builtConsole } from '../../ui/dev/built-console.ts';
import { settled } from '../support/conversation.ts';
import { openStack } from '../support/stack.ts';

let count = 0;
export const nextKey = (): string => `key${++count}x`;

/** Another one each time. */
export const picture = async (): Promise<Buffer> => {
  count += 1;
  return await noise({ width: 30 + count, height: 20 })
    .png()
    .toBuffer();
};

export type Ref = { attachmentId: string; name: string };

export const contentOf = (message: WireMessage | undefined): unknown => message?.content;
export const dataUrl = (type: string, bytes: Buffer): string => `data:${type};base64,${bytes.toString('base64')}`;
export const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.catch(({ code, message }) => `${code}: ${message}`);

/** A stack with its console, and models that see and do not. */
export const openField = async () => {
  const consoleFolder = await builtConsole();
  const stack = await openStack({ models: ['seeing', 'blind'], consoleFolder });
  await stack.startWorker();

  const newSession = async (model = 'seeing'): Promise<string> => {
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    if (model !== 'seeing') await stack.api.updateSession(id, { model });
    return id;
  };
  const say = (id: string, text: string, ...attached: Ref[]) =>
    stack.api.sendMessage(id, {
      text,
      attachments: attached.map(({ attachmentId, name }) => ({ id: attachmentId, name })),
    });

  return {
    stack,
    newSession,
    say,
    attach: (bytes: Uint8Array, name = 'shot.png') => stack.api.attach(new Blob([new Uint8Array(bytes)]), name),
    /** One turn with this attached. */
    async shown(key: string, ...attached: Ref[]): Promise<string> {
      stack.model.script([{ reply: { text: 'I see.' } }], key);
      const id = await newSession();
      await say(id, key, ...attached);
      await settled(stack, id, 1);
      return id;
    },
    messagesOf: (key: string, request = 0): readonly WireMessage[] =>
      stack.model.requests(key)[request]?.body.messages ?? [],
    filesOf: (id: string): Promise<string[]> =>
      readdir(path.join(stack.workspace, '.everturn/attachments', id.slice(0, 2), id)).catch(() => []),
    forget: (id: string) =>
      stack.store.database.query("UPDATE attachments SET touched_at = now() - interval '2 days' WHERE id = $1", [id]),
    async close(): Promise<void> {
      await stack.close();
    },
  };
};

export type Field = Awaited<ReturnType<typeof openField>>;
