import type { Command } from 'commander';
import { tailSession } from '../../client/tail.ts';
import type { SessionContext } from '../../contracts/api.ts';
import type { EpochKind, Predicted } from '../../contracts/context/epoch.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../exit.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';

type CompactOptions = JsonOption & { prune?: boolean; dryRun?: boolean; keep?: string };

/** Subcommands of `sessions`. */
export const addCompact = (sessions: Command): void => {
  sessions
    .command('compact')
    .description('replace the conversation so far with a summary in requests; the transcript keeps everything')
    .argument('<session>', 'its id')
    .option('--prune', 'leave out long tool results instead, without a model request')
    .option('--keep <text>', 'what the summary should keep')
    .option('--dry-run', 'only show what it would cost')
    .option('--json', 'one JSON line')
    .action((id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<CompactOptions>();
      return runCommand(options, () => compact(id, options));
    });
  sessions
    .command('context')
    .description("show the size of a session's context, and what was left out or summarised")
    .argument('<session>', 'its id')
    .option('--json', 'one JSON line')
    .action((id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<JsonOption>();
      return runCommand(options, () => showContext(id, options));
    });
};

/** For people: what an epoch does to the next request. */
export const predictedWords = ({ before, after, reread, cost, writing }: Predicted): string => {
  const dollars = (value: number | null, words = ''): string =>
    value === null ? '' : `, $${value.toFixed(4)}${words}`;
  const written = writing
    ? `; writing the summary takes about ${writing.input} tokens in and ${writing.output} out${dollars(writing.cost)}`
    : '';
  return `about ${before} tokens become ${after}; ${reread} are read again${dollars(cost, ' more than from a cache')}${written}`;
};

export const compact = async (
  id: string,
  { prune = false, dryRun = false, keep, json }: CompactOptions,
): Promise<void> => {
  const { api } = await connect();
  const kind: EpochKind = prune ? 'prune' : 'compact';
  const before = (await api.getSession(id)).view.position;
  const asked = await api.compactSession(id, { kind, dryRun, ...(keep === undefined ? {} : { instructions: keep }) });
  process.stderr.write(`${predictedWords(asked.predicted)}\n`);
  if (dryRun) {
    if (json) printJson(asked);
    return;
  }
  const stop = new AbortController();
  let turn: number | null = null;
  let text = '';
  let failed = false;
  await tailSession(api, id, {
    after: before,
    signal: stop.signal,
    onSnapshot: () => {},
    onEvent: ({ event }) => {
      if (event.type === 'turn.started' && event.messageId === asked.messageId) turn = event.turn;
      if (!('turn' in event) || event.turn !== turn) return;
      if (event.type === 'compacted' || event.type === 'compaction.failed') {
        failed = event.type === 'compaction.failed';
        for (const { body } of event.chunks) if (body.kind === 'system') text = body.text;
      }
      if (event.type === 'turn.settled') {
        failed ||= event.status !== 'completed';
        stop.abort();
      }
    },
  });
  if (failed) process.exitCode = exitCodes.failure;
  if (json) printJson(await api.getContext(id));
  else process.stdout.write(`${harmless(text || 'It ended before anything was changed')}\n`);
};

/** For people: how full the context was, and how full it will be where an epoch has been made since. */
export const occupancyWords = ({ predicted, reported, window, epochs }: SessionContext): string => {
  const newest = epochs.findLast(({ failed }) => failed === null);
  const next = newest && !newest.isStamped ? `, about ${newest.predicted.after} in the next` : '';
  return `${reported ?? predicted ?? 0} of ${window ?? 'an unknown number of'} tokens in the last request${next}`;
};

const line = ({
  epoch,
  kind,
  turn,
  step,
  reason,
  failed,
  predicted,
  reported,
}: SessionContext['epochs'][number]): string => {
  const what =
    failed === null ? `up to ${turn}/${step}, ${predicted.before} → ${predicted.after} tokens` : `failed: ${failed}`;
  return `${epoch}. ${kind} (${reason}) ${what}${reported ? `, ${reported.input} reported` : ''}`;
};

export const showContext = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const context = await api.getContext(id);
  if (json) return printJson(context);
  const { model, epochs } = context;
  process.stdout.write(
    harmless(`${model}: ${occupancyWords(context)}\n${epochs.map((epoch) => `${line(epoch)}\n`).join('')}`),
  );
};
