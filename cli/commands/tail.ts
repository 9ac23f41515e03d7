import type { Command } from 'commander';
import { tailSession } from '../../client/tail.ts';
import { isRunId } from '../../contracts/ids.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { runCommand } from '../run-command.ts';
import { showRun } from '../runs/show-run.ts';
import { createScreen } from '../screen/screen.ts';
import { createTerminal } from '../screen/terminal.ts';
import { openConversation } from '../turn/conversation.ts';
import { watchInterrupts } from '../turn/interrupts.ts';

type TailOptions = JsonOption & { after?: number };

export const addTail = (program: Command): void => {
  program
    .command('tail')
    .description('follow a run to its end, or a session, turn after turn, until Ctrl-C')
    .argument('<id>', 'the id of a run or a session')
    .option(
      '--after <position>',
      'of a session: start after this event (default: with the newest turn so far)',
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
  // Following retries forever; a stack that is not there at all is reported at once.
  await api.health();
  const screen = createScreen(createTerminal());
  const conversation = openConversation({ api, sessionId: id, screen, ask: null, json, showsMessage: () => true });
  const stop = new AbortController();
  const interrupts = watchInterrupts(() => stop.abort());
  try {
    const { onState, onSnapshot, onEvent } = conversation;
    const from = after === undefined ? {} : { after };
    await tailSession(api, id, { ...from, signal: stop.signal, onState, onSnapshot, onEvent });
  } finally {
    conversation.close();
    interrupts.stop();
  }
};
