import type { ApiClient } from '../../client/api.ts';
import { tailSession } from '../../client/tail.ts';
import type { Health } from '../../contracts/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import { reduce, type SessionView } from '../../contracts/view.ts';
import { occupancyWords, predictedWords } from '../commands/compact.ts';
import { createScreen } from '../screen/screen.ts';
import { harmless, oneLine } from '../screen/style.ts';
import { createTerminal } from '../screen/terminal.ts';
import { announceModel } from './announce.ts';
import { attachFiles } from './attach.ts';
import { parseChatLine } from './chat-line.ts';
import { openChatPrompt } from './chat-prompt.ts';
import { openConversation } from './conversation.ts';

const help = [
  '/attach   FILE: attach an image, a PDF or a text file to the next message',
  '/cancel   cancel the running turn (also Ctrl-C)',
  '/queue    list waiting messages',
  '/compact  replace the conversation so far with a summary; add what the summary should keep',
  '/context  show the size of the context, and what /compact would cost',
  '/quit     leave; a running turn continues (also Ctrl-D)',
  'What you type while a turn runs is sent after it.',
].join('\n');

export type ChatOptions = {
  api: ApiClient;
  health: Health;
  sessionId: string;
  /** Goes with the first message. */
  attached: readonly AttachmentRef[];
};

/** A session at a terminal, until the user leaves. */
export const chatAtTerminal = async ({ api, health, sessionId, attached }: ChatOptions): Promise<void> => {
  const terminal = createTerminal();
  const screen = createScreen(terminal);
  const { style, note } = screen;
  const left = new AbortController();
  let view: SessionView | null = null;
  /** Already on the terminal as it was typed, so its turn does not repeat it. */
  let typedWhenIdle: string | null = null;
  let next = [...attached];
  let sent: Promise<unknown> = Promise.resolve();

  const isBusy = (): boolean =>
    view === null || view.waiting.length > 0 || Object.values(view.turns).some(({ status }) => status === 'running');
  const leave = (): void => left.abort();

  const cancel = async (): Promise<void> =>
    note(style.yellow((await conversation.cancel()) ? 'Cancelling' : 'No turn is running'));

  const showQueue = async (): Promise<void> => {
    await sent;
    const { waiting } = (await api.getSession(sessionId)).view;
    const lines = waiting.map(({ text }, index) => `${index + 1}. ${oneLine(text, screen.width - 4)}`);
    note(lines.length === 0 ? 'No message waits' : lines.join('\n'));
  };

  const compact = async (instructions: string): Promise<void> => {
    const { predicted } = await api.compactSession(sessionId, instructions === '' ? {} : { instructions });
    note(style.dim(predictedWords(predicted)));
  };

  const showContext = async (): Promise<void> => {
    const context = await api.getContext(sessionId);
    const { predicted } = await api.compactSession(sessionId, { dryRun: true });
    note(`${occupancyWords(context)}, ${context.epochs.length} epochs. With /compact ${predictedWords(predicted)}`);
  };

  const send = async (text: string): Promise<void> => {
    typedWhenIdle = isBusy() ? null : text;
    // One after the other, so that they arrive in the order they were typed.
    const attachments = next;
    next = [];
    const sending = sent.then(() => conversation.send({ text, attachments }));
    sent = sending.catch(() => undefined);
    await sending;
  };

  const attach = async (file: string): Promise<void> => {
    next.push(...(await attachFiles(api, file === '' ? [] : [file])));
    note(style.dim(`With the next message: ${next.map(({ name }) => harmless(name)).join(', ') || 'nothing'}`));
  };

  const handle = async (typed: string): Promise<void> => {
    const line = parseChatLine(typed);
    if (line === null) return;
    if (line.kind === 'message') return send(line.text.trim());
    if (line.kind === 'compact') return compact(line.text);
    if (line.kind === 'attach') return attach(line.text);
    if (line.kind === 'cancel') return cancel();
    if (line.kind === 'queue') return showQueue();
    if (line.kind === 'context') return showContext();
    if (line.kind === 'quit') leave();
    else note(help);
  };

  const prompt = openChatPrompt(terminal, {
    text: style.bold('› '),
    isBusy,
    onLine: (line) => void handle(line).catch(conversation.complain).finally(prompt.refresh),
    onInterrupt: () => {
      if (isBusy() && !conversation.isCancelling()) cancel().catch(conversation.complain);
      else leave();
    },
    onClose: leave,
  });
  const conversation = openConversation({
    api,
    sessionId,
    screen,
    ask: prompt.ask,
    showsMessage: (text) => {
      const isTyped = text === typedWhenIdle;
      if (isTyped) typedWhenIdle = null;
      return !isTyped;
    },
  });

  await announceModel(screen, health);
  note(style.dim('/help lists the commands; Ctrl-D leaves'));
  try {
    await tailSession(api, sessionId, {
      signal: left.signal,
      onState: conversation.onState,
      onSnapshot: (snapshot) => {
        view = snapshot.view;
        conversation.onSnapshot(snapshot);
        prompt.refresh();
      },
      onEvent: (streamed) => {
        if (view) view = reduce(view, streamed);
        conversation.onEvent(streamed);
        if (streamed.event.type !== 'delta' && streamed.event.type !== 'tool.output') prompt.refresh();
      },
    });
  } finally {
    prompt.close();
    conversation.close();
    const running = isBusy() ? `The turn continues; follow it: npx everturn tail ${sessionId}   ` : '';
    note(style.dim(`${running}Come back: npx everturn chat --session ${sessionId}`));
  }
};
