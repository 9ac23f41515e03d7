import { Attachment, attachType } from '../contracts/attachments.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

/** What goes with messages. */
export type AttachmentsApi = {
  /**
   * Has a file kept, to be named in a message within a day. Throws `attachment_refused` for what is not an image, PDF or text by
   * its content, and `attachment_too_large`.
   */
  attach(file: Blob, name: string, options?: Signal): Promise<Attachment>;
  /** Its bytes. `thumb`: of an image, at most 300 pixels on its longest side. */
  readAttachment(id: string, size?: 'whole' | 'thumb', options?: Signal): Promise<Blob>;
};

export const attachmentsApi = ({ read, send }: Transport): AttachmentsApi => ({
  attach: (file, name, { signal } = {}) =>
    read(Attachment, {
      action: `attach ${name}`,
      method: 'POST',
      path: '/attachments',
      query: { name },
      raw: { type: attachType, value: file },
      signal,
    }),
  readAttachment: async (id, size = 'whole', { signal } = {}) => {
    const path = `/attachments/${encodeURIComponent(id)}`;
    const response = await send({ action: `read attachment ${id}`, path, query: { size }, signal });
    return await response.blob();
  },
});
