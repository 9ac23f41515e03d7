import type { ConnectionDetail, ConnectionState } from '../../client/connection.ts';
import type { Screen } from './screen.ts';

/** Reports when the connection is lost and when it is back. */
export const createStateNotes = ({ note, style }: Screen) => {
  let isLost = false;
  return (state: ConnectionState, { error }: ConnectionDetail): void => {
    if (state === 'retrying' && !isLost) {
      isLost = true;
      note(style.dim(`Connection lost (${error?.code ?? 'cut'}), trying again`));
    } else if (state === 'live' && isLost) {
      isLost = false;
      note(style.dim('Connected again; nothing was missed'));
    }
  };
};
