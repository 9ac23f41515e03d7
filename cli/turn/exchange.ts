import { followMessage, type Outcome } from '../../client/follow-message.ts';
import type { Health, SentMessage } from '../../contracts/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import type { StreamEvent, WhenBusy } from '../../contracts/events.ts';
import type { Connection } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { printJson } from '../run-command.ts';
import { createScreen } from '../screen/screen.ts';
import { createTerminal } from '../screen/terminal.ts';
import { announceModel, announceSession, runningTurn } from './announce.ts';
import { createApprover } from './approver.ts';
import { askOn } from './ask.ts';
import { deliver } from './deliver.ts';
import { endingLines, linksOf } from './ending.ts';
import { watchInterrupts } from './interrupts.ts';
import type { Picked } from './pick-session.ts';
import { createPrinter } from './printer.ts';
import { createStateNotes } from './state-notes.ts';

const exitOfTurn: Record<Outcome['status'], ExitCode> = {
  completed: exitCodes.ok,
  failed: exitCodes.failure,
  cancelled: exitCodes.cancelled,
};

export type ExchangeOptions = { connection: Connection; health: Health; picked: Picked; json: boolean };

/** Tells which session it is. Then messages to it, each followed to the end of its turn: told to a person, or as JSON lines. */
export const createExchange = ({ connection: { api, url }, health, picked, json }: ExchangeOptions) => {
  const terminal = createTerminal();
  const screen = createScreen(terminal);
  const { style } = screen;
  const { id } = picked.session;
  const isPerson = !json && process.stdin.isTTY && process.stderr.isTTY;
  let position = picked.view?.position ?? 0;
  let wasBusy = runningTurn(picked.view) !== null;

  if (!json) {
    announceSession(screen, picked);
    announceModel(screen, health);
  }

  const send = async (text: string, whenBusy: WhenBusy, attachments: AttachmentRef[] = []): Promise<SentMessage> => {
    const sent = await deliver(api, id, { text, whenBusy, attachments });
    if (json) printJson({ type: 'sent', sessionId: id, session: picked.how, ...sent });
    return sent;
  };

  const end = (outcome: Outcome): void => {
    const links = linksOf(url, health, id, outcome.turn);
    if (json) printJson({ type: 'end', sessionId: id, ...outcome, links });
    else screen.note(endingLines(outcome, links, style));
  };

  const detach = (isStarted: boolean): void => {
    if (json) printJson({ type: 'end', sessionId: id, status: 'detached' });
    const what = isStarted
      ? `the turn goes on. Stop it: npx everturn cancel ${id}   Follow it`
      : 'the message waits for its turn. Follow it';
    screen.note(`Detached; ${what}: npx everturn tail ${id}`);
  };

  /** Follows a sent message to its end, or until the user detaches. Returns the exit code that says how it went. */
  const follow = async ({ messageId }: SentMessage): Promise<ExitCode> => {
    const detached = new AbortController();
    let isStarted = false;
    let isCancelling = false;
    const cancel = async (): Promise<void> => {
      isCancelling = true;
      screen.note(style.yellow('Cancelling the turn. Ctrl-C again leaves it alone and detaches'));
      try {
        await api.cancelTurn(id);
      } catch (error) {
        screen.note(`${style.red('error')} ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    const interrupts = watchInterrupts((times) => {
      if (times > 1 || !isStarted) detached.abort();
      else void cancel();
    });
    const printer = createPrinter(screen);
    const approver = createApprover(api, screen, isPerson ? askOn(terminal, interrupts.hit) : null);
    const onEvent = (streamed: StreamEvent): void => {
      const { event } = streamed;
      position = streamed.position;
      isStarted ||= event.type === 'turn.started';
      wasBusy &&= !isStarted;
      if (json) printJson(streamed);
      else {
        if (event.type === 'message.accepted' && wasBusy) screen.note(style.dim('Taken; it waits for its turn'));
        printer.print(event);
        approver.follow(event);
      }
    };
    try {
      const outcome = await followMessage(api, {
        sessionId: id,
        messageId,
        after: position,
        signal: detached.signal,
        onState: createStateNotes(screen),
        onEvent,
      });
      screen.endPart();
      if (outcome) end(outcome);
      else detach(isStarted);
      if (!outcome || (isCancelling && outcome.status === 'cancelled')) return exitCodes.interrupted;
      return exitOfTurn[outcome.status];
    } finally {
      screen.endPart();
      approver.close();
      interrupts.stop();
    }
  };

  return { send, follow };
};
export type Exchange = ReturnType<typeof createExchange>;
