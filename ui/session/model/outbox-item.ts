import type { AttachmentRef } from '../../../contracts/attachments.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { WhenBusy } from '../../../contracts/events.ts';

/**
 * A message on its way. Its key stays the same however often it is sent, so a message whose answer was lost takes
 * effect once. It leaves when the stream shows it, or when the person discards it.
 */
export type OutboxItem = {
  key: string;
  sessionId: string;
  text: string;
  attachments: readonly AttachmentRef[];
  whenBusy: WhenBusy;
  status: 'sending' | 'sent' | 'failed';
  /** While it is being sent: the message of the stream that is taken to be this one, and is shown in its place. */
  messageId: string | null;
  error: EverturnError | null;
};
