import type { Command } from 'commander';
import { tailSession } from '../../client/tail.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { isRunId } from '../runs/is-run-id.ts';
import { showRun } from '../runs/show-run.ts';
import { createScreen } from '../screen/screen.ts';
import { createTerminal } from '../screen/terminal.ts';
import { createApprover } from '../turn/approver.ts';
import { watchInterrupts } from '../turn/interrupts.ts';
import { createPrinter } from '../turn/printer.ts';
import { printSnapshot } from '../turn/snapshot.ts';
import { createStateNotes } from '../turn/state-notes.ts';

type TailOptions = JsonOption & { after?: number };

export const addTail = (program: Command): void => {
  program
    .command('tail')
    .description('follow a run to its end, or a session, turn after turn, until Ctrl-C')
    .argument('<id>', 'of a run or a session')
    .option(
      '--after <position>',
      'of a session: begin after this event (default: with the newest turn so far)',
      wholeNumber(0),
    )
    .option('--json', 'one JSON line for each event, after one for the snapshot unless --after is given')
    .action((id: string, options: TailOptions) =>
      runCommand(options, () => (isRunId(id) ? tailRun(id, options) : tail(id, options))),
    );
};

const tailRun = async (id: string, { json = false }: TailOptions): Promise<void> => {
  const connection = await connect();
  const health = await connection.api.health();
  process.exitCode = await showRun({ connection, health, id, json });
};

const tail = async (id: string, { after, json }: TailOptions): Promise<void> => {
  const { api } = await connect();
  // Following tries again for as long as it takes; a stack that is not there at all is told at once.
  await api.health();
  const screen = createScreen(createTerminal());
  const printer = createPrinter(screen, { showsMessage: () => true });
  const approver = createApprover(api, screen, null);
  const stop = new AbortController();
  const interrupts = watchInterrupts(() => stop.abort());
  try {
    await tailSession(api, id, {
      ...(after === undefined ? {} : { after }),
      signal: stop.signal,
      onState: createStateNotes(screen),
      onSnapshot: (snapshot) => {
        if (json) printJson({ type: 'snapshot', ...snapshot });
        else printSnapshot(snapshot, { screen, printer, approver });
      },
      onEvent: (streamed) => {
        if (json) printJson(streamed);
        else {
          printer.print(streamed.event);
          approver.follow(streamed.event);
        }
      },
    });
    screen.endPart();
  } finally {
    interrupts.stop();
  }
};
