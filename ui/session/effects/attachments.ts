import { newIdempotencyKey } from '../../../client/idempotency.ts';
import { maxAttachments } from '../../../contracts/attachment-limits.ts';
import type { Requests } from '../../events.ts';
import { asError, notify, reportFailure, type Store } from '../../shell/effects/store.ts';
import { attachingIn } from '../state/attaching.ts';

export type Attachments = {
  attach(sessionId: string, files: readonly File[]): void;
  remove(sessionId: string, key: string): void;
  read(wanted: Requests['read-attachment']): void;
};

/** Addresses of bytes that elements show; those that were not asked for longest are given up. */
const maxShown = 200;
const maxNameLength = 200;

const nameOf = ({ name, type }: File): string => {
  const plain = name
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(-maxNameLength);
  return plain || `pasted.${type.split('/')[1] ?? 'bin'}`;
};

/** Files on their way to a message, and the bytes of those that were sent. */
export const createAttachments = (store: Store): Attachments => {
  const shown = new Map<string, Promise<string>>();

  const upload = async (key: string, name: string, file: File): Promise<void> => {
    try {
      const { attachmentId } = await store.api().attach(file, name);
      store.dispatch({ type: 'attach-ready', key, id: attachmentId });
    } catch (cause) {
      const error = asError(cause);
      store.dispatch({ type: 'attach-failed', key, error: error.message });
      if (error.code === 'unauthorized') reportFailure(store, error);
    }
  };

  const addressOf = (id: string, size: 'whole' | 'thumb'): Promise<string> => {
    const place = `${id}/${size}`;
    const known = shown.get(place);
    shown.delete(place);
    const address =
      known ??
      store
        .api()
        .readAttachment(id, size)
        .then((blob) => URL.createObjectURL(blob));
    shown.set(place, address);
    for (const [oldest, old] of shown) {
      if (shown.size <= maxShown) break;
      shown.delete(oldest);
      void old.then((url) => URL.revokeObjectURL(url)).catch(() => {});
    }
    return address;
  };

  return {
    attach: (sessionId, files) => {
      const room = maxAttachments - attachingIn(store.get().attaching, sessionId).length;
      if (files.length > room) notify(store, 'error', `A message takes at most ${maxAttachments} attachments`);
      for (const file of files.slice(0, Math.max(0, room))) {
        const key = newIdempotencyKey();
        const name = nameOf(file);
        const preview = /^image\/(png|jpeg|webp|gif)$/.test(file.type) ? URL.createObjectURL(file) : null;
        const item = { key, name, status: 'uploading', id: null, preview, error: null } as const;
        store.dispatch({ type: 'attach-added', sessionId, item });
        void upload(key, name, file);
      }
    },
    remove: (sessionId, key) => {
      const { preview } = attachingIn(store.get().attaching, sessionId).find((item) => item.key === key) ?? {};
      if (preview) URL.revokeObjectURL(preview);
      store.dispatch({ type: 'attach-removed', key });
    },
    read: ({ id, size, show }) => {
      addressOf(id, size).then(show, (cause: unknown) => {
        shown.delete(`${id}/${size}`);
        show(null);
        if (asError(cause).code === 'unauthorized') reportFailure(store, cause);
      });
    },
  };
};
