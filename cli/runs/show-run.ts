import { followRun } from '../../client/follow-run.ts';
import type { Health } from '../../contracts/api.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';
import type { Run, RunStreamEvent, RunView } from '../../contracts/runs.ts';
import type { Connection } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { wordsOfError } from '../output.ts';
import { printJson } from '../run-command.ts';
import { createStateNotes } from '../screen/connection-notes.ts';
import { harmless } from '../screen/style.ts';
import { watchInterrupts } from '../turn/interrupts.ts';
import { agentTotals } from './describe.ts';
import { runEndingLines, runLinks } from './ending.ts';
import { openInbox } from './inbox.ts';
import { readReport, readResult, resultText } from './result.ts';
import { watchUsage } from './script/live-usage.ts';
import { createNarrator } from './script/narrator.ts';
import { reuseOf } from './script/reuse.ts';
import { createStage } from './stage.ts';
import { createStepNotes } from './step-notes.ts';

const exitOfRun: Record<Run['status'], ExitCode> = {
  running: exitCodes.failure,
  completed: exitCodes.ok,
  failed: exitCodes.failure,
  cancelled: exitCodes.cancelled,
};

type ShowRunOptions = { connection: Connection; health: Health; id: string; json: boolean };

/**
 * Follows a run to its end: its steps, or its phases and agents, redrawn on a terminal, a line for each change
 * elsewhere, or JSON lines. Then the report of a flow, its output where it has none, or what a script returned. Ctrl-C cancels it, a second one detaches. Returns the exit code that says how it went.
 */
export const showRun = async ({ connection: { api, url }, health, id, json }: ShowRunOptions): Promise<ExitCode> => {
  const detached = new AbortController();
  let isCancelling = false;
  const interrupts = watchInterrupts((times) => {
    if (times > 1) detached.abort();
    else void cancel();
  });
  const stage = createStage({ isQuiet: json, onInterrupt: interrupts.hit });
  const { screen } = stage;
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const inbox = json ? null : openInbox(api, id, stage, isTerminal);
  const steps = createStepNotes(screen.note, screen);
  const narrator = createNarrator(screen.note, screen.style);
  let shown: RunView | null = null;
  const usage = stage.drawsList
    ? watchUsage(api, { view: () => shown, onUsage: () => shown && stage.show(usage?.applied(shown) ?? shown) })
    : null;

  const cancel = async (): Promise<void> => {
    isCancelling = true;
    screen.note(screen.style.yellow('Cancelling the run. Ctrl-C again leaves it running and detaches'));
    try {
      await api.cancelRun(id);
    } catch (error) {
      screen.note(`${screen.style.red('error')} ${wordsOfError(error)}`);
    }
  };

  const tell = (view: RunView, event: RunStreamEvent['event'] | null): void => {
    shown = view;
    narrator.see(view);
    if (!stage.drawsList && event === null) steps.begin(view);
    if (event === null && view.run.queued)
      screen.note(screen.style.dim('Queued: it begins when another run of a script ends (limits.scriptRuns)'));
    if (event?.type === 'node.changed') {
      if (stage.drawsList) steps.noteFailure(view, event.node);
      else steps.tell(view, event.node);
    }
    if (event?.type === 'run.warned') screen.note(`${screen.style.yellow('warning')} ${harmless(event.warning)}`);
    if (event?.type === 'run.admitted') screen.note(screen.style.dim('Begins'));
    if (event?.type === 'run.paused') screen.note(screen.style.yellow(event.paused ? 'Paused' : 'Resumed'));
    inbox?.see(view);
    stage.show(usage?.applied(view) ?? view);
  };

  const detach = (): void => {
    if (json) printJson({ type: 'end', runId: id, status: 'detached' });
    screen.note(`Detached; the run continues. Stop it: npx everturn cancel ${id}   Follow it: npx everturn tail ${id}`);
  };

  const end = async (view: RunDetail): Promise<void> => {
    const links = runLinks(url, health, id);
    const isScript = view.script !== null;
    const report = isScript ? null : await readReport(api, id);
    const output = await readResult(api, view);
    if (json) {
      const { status, code, reason, warnings } = view.run;
      const { usage } = view;
      const ofScript = isScript ? { agents: agentTotals(view), reuse: reuseOf(view) } : {};
      printJson({ type: 'end', runId: id, status, code, reason, warnings, output, report, usage, ...ofScript, links });
      return;
    }
    const text = report ?? resultText(output);
    if (text !== null) screen.reply(`${text.trimEnd()}\n`);
    screen.note(runEndingLines(view, links, screen.style));
  };

  try {
    const view = await followRun(api, id, {
      signal: detached.signal,
      onState: createStateNotes(screen),
      onChange: (next, event) => {
        if (json) printJson(event ?? { type: 'snapshot', ...next });
        else tell(next, event?.event ?? null);
      },
    });
    if (view && !json) stage.show(view);
    stage.end({ keepsList: view !== null });
    if (view) await end(view);
    else detach();
    const wasInterrupted = view === null || (isCancelling && view.run.status === 'cancelled');
    return wasInterrupted ? exitCodes.interrupted : exitOfRun[view.run.status];
  } finally {
    stage.end({ keepsList: true });
    inbox?.close();
    usage?.stop();
    interrupts.stop();
  }
};
