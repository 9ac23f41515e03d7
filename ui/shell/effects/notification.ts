import type { NotifyPermission } from '../model/shell.ts';

/** Null where the browser has none, as in pages that are not from a secure origin. */
export const notifyPermission = (): NotifyPermission =>
  'Notification' in globalThis && isSecureContext ? Notification.permission : null;

export const askToNotify = async (): Promise<NotifyPermission> =>
  notifyPermission() === null ? null : await Notification.requestPermission();

/** Where it is allowed, and nobody looks at the page. One for each tag. */
export const showNotification = (tag: string, text: string, clicked: () => void): void => {
  if (notifyPermission() !== 'granted' || document.hasFocus()) return;
  try {
    const notification = new Notification('Everturn', { body: text, tag });
    notification.onclick = () => {
      window.focus();
      notification.close();
      clicked();
    };
  } catch {
    // A browser that has them for service workers alone.
  }
};
