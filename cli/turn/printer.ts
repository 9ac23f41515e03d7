import type { Chunk } from '../../contracts/chunks.ts';
import type { DeltaPart, SessionEvent } from '../../contracts/events.ts';
import type { LiveOperation } from '../../contracts/view.ts';
import { waitWords } from '../../contracts/wait-words.ts';
import type { Screen } from '../screen/screen.ts';
import { harmless } from '../screen/style.ts';
import { approvalLines, attachmentLine, callLine, decisionLine, duration, resultLine } from './describe.ts';
import { createGrowth } from './growth.ts';
import { createToolOutput } from './tool-output.ts';

export type Printer = {
  print(event: SessionEvent): void;
  /** What is already there, as it would have been printed. */
  printChunk(chunk: Chunk): void;
  /** What grows already, for a viewer who comes in the middle. */
  printLive(operation: LiveOperation): void;
};

export type PrinterOptions = {
  /** For a follower of many turns: whether a turn's message is printed at its start. Default: one turn, known. */
  showsMessage?(text: string): boolean;
};

/**
 * Tells a session's events to a user. The text of the reply is printed once: a newer attempt, or a sealed text that
 * differs from what was streamed, is announced before it is printed from its start.
 */
export const createPrinter = (screen: Screen, options: PrinterOptions = {}): Printer => {
  const { style, width } = screen;
  const { showsMessage } = options;
  const growth = createGrowth();
  /** Several notes in a row are one: those after the first are set in. */
  let isAfterNote = false;
  /** Calls of the newest step; with several, their lines carry numbers. */
  let calls = 0;
  const numbered = (call: number): string => (calls > 1 ? `${call + 1}` : '');
  const output = createToolOutput((call, line) => {
    const text = line.length > width - 6 ? `${line.slice(0, width - 7)}…` : line;
    screen.note(style.dim(`  ${numbered(call)}│ ${text}`));
  });

  const show = (kind: DeltaPart['kind'], text: string): void => {
    if (kind === 'text') screen.reply(text);
    else if (kind === 'thinking') screen.aside('thinking:', text);
  };

  const grow = (at: { turn: number; step: number; fence: number }, part: DeltaPart): void => {
    if (part.kind === 'tool_call' || !growth.grow(at, part)) return;
    isAfterNote = false;
    show(part.kind, part.text);
  };

  const seal = ({ turn, step, ordinal }: Chunk, kind: 'text' | 'thinking', full: string): void => {
    const { text, again } = growth.seal({ turn, step }, ordinal, full);
    if (again) {
      screen.endPart();
      screen.note(
        style.yellow(
          `The ${kind === 'text' ? 'reply' : 'thinking'} differs from what was streamed; the whole text follows`,
        ),
      );
    }
    show(kind, text);
    // Thinking is sealed with the text after it, of which the end may not be printed yet.
    if (kind === 'thinking') screen.endAside();
    else screen.endPart();
  };

  const printChunk = (chunk: Chunk): void => {
    const { body, step } = chunk;
    switch (body.kind) {
      case 'text':
        if (body.role === 'assistant') seal(chunk, 'text', body.text);
        else if (showsMessage?.(body.text))
          screen.note(`\n${style.bold(`› ${harmless(body.text).replaceAll('\n', '\n  ')}`)}`);
        break;
      case 'thinking':
        seal(chunk, 'thinking', body.text);
        break;
      case 'tool_call':
        screen.note(callLine(body, style, width));
        break;
      case 'tool_result':
        screen.note(resultLine(body, style, width));
        break;
      case 'image':
      case 'file':
        screen.note(style.dim(`  ${attachmentLine(body)}`));
        break;
      case 'error':
        screen.note(`${style.red('error')} ${harmless(body.message)} ${style.dim(`(${body.code}, step ${step})`)}`);
        break;
      case 'system':
        screen.note(
          style.yellow(`${isAfterNote ? '  ' : ''}${body.isSaid ? 'Told the model: ' : ''}${harmless(body.text)}`),
        );
        break;
    }
    if (body.kind !== 'usage') isAfterNote = body.kind === 'system';
  };

  const startStep = (event: Extract<SessionEvent, { type: 'step.started' }>): void => {
    const { fence } = event;
    const started = growth.start(event);
    if (started?.superseded) {
      screen.endPart();
      screen.note(
        style.yellow(`Cut off: the text of this step so far does not count. Attempt ${fence} starts it again`),
      );
    } else if (started && fence > 1) screen.note(style.dim(`attempt ${fence} of this request`));
  };

  const print = (event: SessionEvent): void => {
    switch (event.type) {
      case 'step.started':
        startStep(event);
        break;
      case 'step.waiting':
        screen.endPart();
        screen.note(style.yellow(waitWords(event)));
        break;
      case 'delta':
        for (const part of event.parts) grow(event, part);
        break;
      case 'step.sealed':
        calls = event.chunks.filter(({ body }) => body.kind === 'tool_call').length;
        break;
      case 'tool.started':
        if (output.start(event).again)
          screen.note(style.yellow(`  Attempt ${event.fence} of ${harmless(event.tool)}: the one before was cut off`));
        break;
      case 'tool.output':
        output.add(event);
        break;
      case 'tool.sealed':
        output.end(event);
        break;
      case 'approval.asked':
        screen.note(approvalLines(event.approval, style));
        break;
      case 'approval.answered':
        screen.note(`  ${decisionLine(event.approval, style)}`);
        break;
      case 'message.withdrawn':
        screen.note(style.yellow(`Message ${event.messageId} was withdrawn (${event.code})`));
        break;
      case 'turn.settled':
        screen.endPart();
        break;
    }
    if ('chunks' in event) for (const chunk of event.chunks) printChunk(chunk);
    if (event.type === 'turn.settled' && showsMessage)
      screen.note(style.dim(`turn ${event.turn} ${event.status} after ${duration(event.durationMs)}`));
  };

  const printLive = ({ turn, step, call, fence, parts, waits }: LiveOperation): void => {
    for (const { ordinal, kind, text } of parts) {
      if (call !== null) output.add({ turn, step, call, fence, text });
      else if (kind !== 'output') grow({ turn, step, fence }, { ordinal, kind, text });
    }
    if (waits) screen.note(style.yellow(waitWords(waits)));
  };

  return { print, printChunk, printLive };
};
