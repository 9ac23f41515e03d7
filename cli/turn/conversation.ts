import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { SendMessage, SentMessage, SessionSnapshot } from '../../contracts/api.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import { patiently } from '../patiently.ts';
import { printJson } from '../run-command.ts';
import { createStateNotes } from '../screen/connection-notes.ts';
import type { Screen } from '../screen/screen.ts';
import { harmless, oneLine } from '../screen/style.ts';
import { type Ask, createApprover } from './approver.ts';
import { approvalLines, count } from './describe.ts';
import { createPrinter, type PrinterOptions } from './printer.ts';

export type ConversationOptions = PrinterOptions & {
  api: ApiClient;
  sessionId: string;
  screen: Screen;
  /** Null: approvals are shown, and answered elsewhere. */
  ask: Ask | null;
  json?: boolean | undefined;
};

/**
 * One session on the command line: sends to it, cancels its turn, and shows its events, in words with its approvals
 * asked, or as JSON lines. `send`, `chat` and `tail` follow the stream in their own way and pass on what it brings.
 */
export const openConversation = ({ api, sessionId, screen, ask, json, ...options }: ConversationOptions) => {
  const { style } = screen;
  const printer = createPrinter(screen, options);
  const approver = createApprover(api, screen, ask);
  let isCancelling = false;

  /** For a viewer who joins in the middle: the newest turn so far, and what waits. */
  const printSnapshot = ({ session, view }: SessionSnapshot): void => {
    const title = oneLine(session.title, 80);
    const facts = `${session.status}, ${count(session.turns, 'turn')}`;
    screen.note(style.dim(`Session ${session.id} (${facts})${title ? `: ${title}` : ''}`));
    const newest = view.chunks.at(-1)?.turn;
    for (const chunk of view.chunks) if (chunk.turn === newest) printer.printChunk(chunk);
    for (const operation of view.live) printer.printLive(operation);
    for (const { text } of view.waiting) screen.note(style.dim(`waits: ${oneLine(text, screen.width - 8)}`));
    for (const approval of view.approvals) {
      screen.note(approvalLines(approval, style));
      approver.asked(approval);
    }
  };

  return {
    /** Sends a message, again while the stack is unavailable; one key makes it take effect once. */
    send: (message: SendMessage): Promise<SentMessage> => {
      const idempotencyKey = newIdempotencyKey();
      return patiently(() => api.sendMessage(sessionId, message, { idempotencyKey }));
    },
    /** False when no turn runs. */
    cancel: async (): Promise<boolean> => {
      isCancelling = true;
      return (await api.cancelTurn(sessionId)).turnId !== null;
    },
    /** From a cancel until the turn has settled. */
    isCancelling: (): boolean => isCancelling,
    complain: (error: unknown): void =>
      screen.note(`${style.red('error')} ${harmless(error instanceof Error ? error.message : String(error))}`),
    onState: createStateNotes(screen),
    onSnapshot: (snapshot: SessionSnapshot): void => {
      if (json) printJson({ type: 'snapshot', ...snapshot });
      else printSnapshot(snapshot);
    },
    onEvent: (streamed: StreamEvent): void => {
      if (streamed.event.type === 'turn.settled') isCancelling = false;
      if (json) printJson(streamed);
      else {
        printer.print(streamed.event);
        approver.follow(streamed.event);
      }
    },
    close: (): void => {
      approver.close();
      screen.endPart();
    },
  };
};
