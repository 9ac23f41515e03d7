import type { SessionSnapshot } from '../../contracts/api.ts';
import type { Screen } from '../screen/screen.ts';
import { oneLine } from '../screen/style.ts';
import type { Approver } from './approver.ts';
import { approvalLines, count } from './describe.ts';
import type { Printer } from './printer.ts';

/** What a viewer sees who comes in the middle: the newest turn so far, and what waits. */
export const printSnapshot = (
  { session, view }: SessionSnapshot,
  { screen, printer, approver }: { screen: Screen; printer: Printer; approver: Approver },
): void => {
  const { style } = screen;
  const title = oneLine(session.title, 80);
  screen.note(
    style.dim(`Session ${session.id} (${session.status}, ${count(session.turns, 'turn')})${title ? `: ${title}` : ''}`),
  );
  const newest = view.chunks.at(-1)?.turn;
  for (const chunk of view.chunks) if (chunk.turn === newest) printer.printChunk(chunk);
  for (const operation of view.live) printer.printLive(operation);
  for (const { text } of view.waiting) screen.note(style.dim(`waits: ${oneLine(text, screen.width - 8)}`));
  for (const approval of view.approvals) {
    screen.note(approvalLines(approval, style));
    approver.asked(approval);
  }
};
