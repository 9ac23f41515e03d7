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
import { askOn } from './ask.ts';
import { openConversation } from './conversation.ts';
import { endingLines, linksOf } from './ending.ts';
import { watchInterrupts } from './interrupts.ts';
import type { Picked } from './pick-session.ts';

const exitOfTurn: Record<Outcome['status'], ExitCode> = {
  completed: exitCodes.ok,
  failed: exitCodes.failure,
  cancelled: exitCodes.cancelled,
};

export type ExchangeOptions = { connection: Connection; health: Health; picked: Picked; json: boolean };

/** Shows which session it is. Then messages to it, each followed to the end of its turn, in words or as JSON lines. */
export const createExchange = async ({ connection: { api, url }, health, picked, json }: ExchangeOptions) => {
  const terminal = createTerminal();
  const screen = createScreen(terminal);
  const { style } = screen;
  const { id } = picked.session;
  const isTerminal = !json && process.stdin.isTTY && process.stderr.isTTY;
  const conversationOptions = { api, sessionId: id, screen, json };
  const { send: deliver } = openConversation({ ...conversationOptions, ask: null });
  let position = picked.view?.position ?? 0;
  let wasBusy = runningTurn(picked.view) !== null;

  if (!json) {
    announceSession(screen, picked);
    await announceModel(screen, health);
  }

  const send = async (text: string, whenBusy: WhenBusy, attachments: AttachmentRef[] = []): Promise<SentMessage> => {
    const sent = await deliver({ text, whenBusy, attachments });
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
      ? `the turn continues. Stop it: npx everturn cancel ${id}   Follow it`
      : 'the message waits for its turn. Follow it';
    screen.note(`Detached; ${what}: npx everturn tail ${id}`);
  };

  /** Follows a sent message to its end, or until the user detaches. Returns the exit code that says how it went. */
  const follow = async ({ messageId }: SentMessage): Promise<ExitCode> => {
    const detached = new AbortController();
    let isStarted = false;
    let wasCancelled = false;
    const interrupts = watchInterrupts((times) => {
      if (times > 1 || !isStarted) {
        detached.abort();
        return;
      }
      wasCancelled = true;
      screen.note(style.yellow('Cancelling the turn. Ctrl-C again leaves it running and detaches'));
      conversation.cancel().catch(conversation.complain);
    });
    const ask = isTerminal ? askOn(terminal, interrupts.hit) : null;
    const conversation = openConversation({ ...conversationOptions, ask });
    const onEvent = (streamed: StreamEvent): void => {
      position = streamed.position;
      isStarted ||= streamed.event.type === 'turn.started';
      wasBusy &&= !isStarted;
      if (!json && wasBusy && streamed.event.type === 'message.accepted')
        screen.note(style.dim('Accepted; it waits for its turn'));
      conversation.onEvent(streamed);
    };
    try {
      const outcome = await followMessage(api, {
        sessionId: id,
        messageId,
        after: position,
        signal: detached.signal,
        onState: conversation.onState,
        onEvent,
      });
      screen.endPart();
      if (outcome) end(outcome);
      else detach(isStarted);
      if (!outcome || (wasCancelled && outcome.status === 'cancelled')) return exitCodes.interrupted;
      return exitOfTurn[outcome.status];
    } finally {
      conversation.close();
      interrupts.stop();
    }
  };

  return { send, follow };
};
export type Exchange = Awaited<ReturnType<typeof createExchange>>;
