import type { ApiClient } from '../../client/api.ts';
import { tailSession } from '../../client/tail.ts';
import type { Health } from '../../contracts/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import { reduce, type SessionView } from '../../contracts/view.ts';
import { occupancyWords, predictedWords } from '../commands/compact.ts';
import { createScreen } from '../screen/screen.ts';
import { harmless, oneLine } from '../screen/style.ts';
import { createTerminal } from '../screen/terminal.ts';
import { announceModel } from './announce.ts';
import { createApprover } from './approver.ts';
import { attachFiles } from './attach.ts';
import { openChatPrompt } from './chat-prompt.ts';
import { deliver } from './deliver.ts';
import { createPrinter } from './printer.ts';
import { printSnapshot } from './snapshot.ts';
import { createStateNotes } from './state-notes.ts';

const help = [
  '/attach   FILE goes with the next message: an image, a PDF or a text file',
  '/cancel   cancel the turn that runs (also Ctrl-C)',
  '/queue    list the messages that wait',
  '/compact  send a summary in the place of the conversation; say what to keep after it',
  '/context  how full the context is, and what /compact would cost',
  '/quit     leave; what runs goes on (also Ctrl-D)',
  'What you type while a turn runs waits for its turn.',
].join('\n');

export type ConverseOptions = {
  api: ApiClient;
  health: Health;
  sessionId: string;
  /** Goes with the first message. */
  attached: readonly AttachmentRef[];
};

/** A session at a terminal, until the user leaves. */
export const converse = async ({ api, health, sessionId, attached }: ConverseOptions): Promise<void> => {
  const terminal = createTerminal();
  const screen = createScreen(terminal);
  const { style } = screen;
  const left = new AbortController();
  let view: SessionView | null = null;
  /** Stands on the terminal as it was typed, so its turn need not repeat it. */
  let typedWhenIdle: string | null = null;
  let isCancelling = false;
  let next = [...attached];
  let sent: Promise<unknown> = Promise.resolve();

  const isBusy = (): boolean =>
    view === null || view.waiting.length > 0 || Object.values(view.turns).some(({ status }) => status === 'running');
  const leave = (): void => left.abort();
  const complain = (error: unknown): void => {
    screen.note(`${style.red('error')} ${harmless(error instanceof Error ? error.message : String(error))}`);
  };

  const cancel = async (): Promise<void> => {
    isCancelling = true;
    const { turnId } = await api.cancelTurn(sessionId);
    screen.note(style.yellow(turnId === null ? 'No turn runs' : 'Cancelling'));
  };

  const tellQueue = async (): Promise<void> => {
    await sent;
    const { waiting } = (await api.getSession(sessionId)).view;
    const lines = waiting.map(({ text }, index) => `${index + 1}. ${oneLine(text, screen.width - 4)}`);
    screen.note(lines.length === 0 ? 'No message waits' : lines.join('\n'));
  };

  const compact = async (instructions: string): Promise<void> => {
    const { predicted } = await api.compactSession(sessionId, instructions === '' ? {} : { instructions });
    screen.note(style.dim(predictedWords(predicted)));
  };

  const tellContext = async (): Promise<void> => {
    const context = await api.getContext(sessionId);
    const { predicted } = await api.compactSession(sessionId, { dryRun: true });
    screen.note(
      `${occupancyWords(context)}, ${context.epochs.length} epochs. With /compact ${predictedWords(predicted)}`,
    );
  };

  const send = async (text: string): Promise<void> => {
    typedWhenIdle = isBusy() ? null : text;
    // One after the other, so that they arrive in the order they were typed.
    const attachments = next;
    next = [];
    const sending = sent.then(() => deliver(api, sessionId, { text, attachments }));
    sent = sending.catch(() => undefined);
    await sending;
  };

  const attach = async (file: string): Promise<void> => {
    next.push(...(await attachFiles(api, file === '' ? [] : [file])));
    screen.note(style.dim(`With the next message: ${next.map(({ name }) => harmless(name)).join(', ') || 'nothing'}`));
  };

  const handle = async (line: string): Promise<void> => {
    const text = line.trim();
    if (text === '') return;
    if (text === '/quit' || text === '/exit') leave();
    else if (text === '/cancel') await cancel();
    else if (text === '/queue') await tellQueue();
    else if (/^\/compact(\s|$)/.test(text)) await compact(text.slice('/compact'.length).trim());
    else if (/^\/attach(\s|$)/.test(text)) await attach(text.slice('/attach'.length).trim());
    else if (text === '/context') await tellContext();
    else if (/^\/\w*$/.test(text)) screen.note(help);
    else await send(text);
  };

  const prompt = openChatPrompt(terminal, {
    text: style.bold('› '),
    isBusy,
    onLine: (line) => void handle(line).catch(complain).finally(prompt.refresh),
    onInterrupt: () => {
      if (isBusy() && !isCancelling) cancel().catch(complain);
      else leave();
    },
    onClose: leave,
  });
  const printer = createPrinter(screen, {
    showsMessage: (text) => {
      const isTyped = text === typedWhenIdle;
      if (isTyped) typedWhenIdle = null;
      return !isTyped;
    },
  });
  const approver = createApprover(api, screen, prompt.ask);
  const onEvent = (streamed: StreamEvent): void => {
    const { event } = streamed;
    if (view) view = reduce(view, streamed);
    if (event.type === 'turn.settled') isCancelling = false;
    printer.print(event);
    approver.follow(event);
    if (event.type !== 'delta' && event.type !== 'tool.output') prompt.refresh();
  };

  announceModel(screen, health);
  screen.note(style.dim('/help lists what else can be done; Ctrl-D leaves'));
  try {
    await tailSession(api, sessionId, {
      signal: left.signal,
      onState: createStateNotes(screen),
      onSnapshot: (snapshot) => {
        view = snapshot.view;
        printSnapshot(snapshot, { screen, printer, approver });
        prompt.refresh();
      },
      onEvent,
    });
  } finally {
    approver.close();
    prompt.close();
    screen.endPart();
    const goesOn = isBusy() ? `What runs goes on; follow it: npx everturn tail ${sessionId}   ` : '';
    screen.note(style.dim(`${goesOn}Come back: npx everturn chat --session ${sessionId}`));
  }
};
