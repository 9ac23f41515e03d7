import path from 'node:path';
import type { ApiClient } from '../../client/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import { readBounded } from '../../files/read-bounded.ts';

/** Beyond every limit that everturn.yaml can set: the API says what holds. */
const most = 200 * 1024 * 1024;

const read = (file: string): Buffer => {
  try {
    return readBounded(file, { most });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause);
    throw new EverturnError('bad_request', `Cannot attach ${file}: ${why}`, { cause });
  }
};

/** Has files of this machine kept, to go with a message. */
export const attachFiles = async (api: ApiClient, files: readonly string[]): Promise<AttachmentRef[]> => {
  const contents = files.map((file) => ({ name: inOneLine(path.basename(file)).slice(-200), bytes: read(file) }));
  const attached: AttachmentRef[] = [];
  for (const { name, bytes } of contents) {
    const { attachmentId } = await api.attach(new Blob([new Uint8Array(bytes)]), name);
    attached.push({ id: attachmentId, name });
  }
  return attached;
};

export const collect = (file: string, before: readonly string[] = []): string[] => [...before, file];
