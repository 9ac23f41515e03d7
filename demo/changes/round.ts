import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { FileChange } from '../../contracts/file-changes.ts';
import type { ScriptedModel } from '../../test/support/scripted-model.ts';
import { persist } from '../flow-crash/follower.ts';
import { until } from '../support/clock.ts';
import { type CommandEnd, runCommand } from '../support/command.ts';
import { type CrashStack, targets } from '../support/stack.ts';
import { doubled, isFile, look, made, type Name, names, ofSomebody, originals, writeOriginals } from './files.ts';

export type Claim = { claim: string; holds: boolean; seen: string };

type Round = { stack: CrashStack; model: ScriptedModel; number: number; random: () => number };

/** A request that was cut off comes again. */
const anyTimes = { min: 0, max: 1000 };
/** Milliseconds after which everything is killed: before, while and after a decision is carried out. */
const maxMs = 400;

const script = (model: ScriptedModel, key: string): void => {
  const edits = names.map((name) => ({
    name: 'edit_file',
    arguments: { path: name, old_text: 'word', new_text: 'word word' },
  }));
  const make = { name: 'write_file', arguments: { path: made, content: 'made\n' } };
  model.script(
    [
      ...[...edits, make].map((call) => ({ times: anyTimes, reply: { toolCalls: [call], chunkDelayMs: 40 } })),
      { times: anyTimes, reply: { text: 'All five are staged.', chunkDelayMs: 20 } },
    ],
    key,
  );
};

/** kill -9 of every process, and up again. */
const killAll = async ({ stack }: Round): Promise<void> => {
  await stack.kill(...targets);
  await stack.up();
  await stack.whole();
};

/** A person gives a command, everything is killed meanwhile, and the person gives it again: they cannot know. */
const whileKilled = async (round: Round, args: readonly string[]): Promise<CommandEnd> => {
  const first = runCommand(round.stack.project, args);
  await delay(round.random() * maxMs);
  await killAll(round);
  await first;
  return await runCommand(round.stack.project, args);
};

/** One session through it all; what it claims, and what was seen. */
export const playRound = async (round: Round): Promise<Claim[]> => {
  const { stack, model, number, random } = round;
  const folder = path.join(stack.project.workspace, `round-${number}`);
  await mkdir(folder);
  await writeOriginals(folder);
  const key = `[round ${number}]`;
  script(model, key);
  const claims: Claim[] = [];
  const claim = (text: string, holds: boolean, seen: unknown): void => {
    claims.push({ claim: text, holds, seen: JSON.stringify(seen) ?? '' });
  };
  const [one, other] = [newIdempotencyKey(), newIdempotencyKey()];
  const { id } = await persist('the start of a session', () =>
    stack.api.createSession({ workspace: folder, changeMode: 'stage' }, { idempotencyKey: one }),
  );
  await persist('the message', () => stack.api.sendMessage(id, { text: key }, { idempotencyKey: other }));
  const changes = async (): Promise<FileChange[]> =>
    (await persist('the list of changes', () => stack.api.listFileChanges(id))).changes;
  const states = async (): Promise<string> => (await changes()).map(({ state }) => state).join(' ');
  const found = (name: string) => look(folder, name);
  const isOriginal = async (name: Name): Promise<boolean> =>
    isFile(await found(name), originals[name].content, originals[name].mode);
  const isApplied = async (name: Name): Promise<boolean> =>
    isFile(await found(name), doubled(originals[name].content), originals[name].mode);

  const some = 1 + Math.floor(random() * 4);
  await until(`${some} staged changes`, async () => (await changes()).length >= some);
  await killAll(round);
  await until('the turn to end', async () => (await stack.api.getSession(id)).view.turns[1]?.status === 'completed');
  claim(
    'killed while it stages: each of five changes is in the queue once',
    (await changes()).length === 5,
    await states(),
  );
  claim(
    'nothing is written before somebody decides',
    (await Promise.all(names.map(isOriginal))).every(Boolean),
    await states(),
  );

  const applied = await whileKilled(round, ['changes', 'apply', id, '1', '2']);
  await until('two changes to be applied', async () => (await states()).startsWith('applied applied'));
  claim(
    'killed while it applies two: both are applied',
    (await isApplied('windows.txt')) && (await isApplied('run.sh')),
    [await found('windows.txt'), await found('run.sh'), applied.output],
  );

  await whileKilled(round, ['changes', 'reject', id, '3']);
  await until('the rejection', async () => (await states()).split(' ')[2] === 'rejected');
  claim('the rejected one is not written', await isOriginal('rejected.txt'), await found('rejected.txt'));

  await writeFile(path.join(folder, 'conflict.txt'), ofSomebody);
  const conflict = await whileKilled(round, ['changes', 'apply', id, '4', '5']);
  await until('the conflict', async () => (await states()).split(' ')[3] === 'conflict');
  claim(
    'one conflicts with what somebody wrote: the answer shows it, and neither of the two is written',
    conflict.code !== 0 &&
      conflict.output.includes('+somebody wrote this meanwhile') &&
      (await found('conflict.txt'))?.content === ofSomebody &&
      (await found(made)) === null,
    [conflict.code, conflict.output, await found(made)],
  );
  claim('what is applied was applied exactly once', (await isApplied('windows.txt')) && (await isApplied('run.sh')), [
    await found('windows.txt'),
    await found('run.sh'),
  ]);

  await runCommand(stack.project, ['changes', 'apply', id, '5']);
  claim(
    'the last one alone is written',
    isFile(await found(made), 'made\n', 0o666 & ~process.umask()),
    await found(made),
  );
  await whileKilled(round, ['changes', 'undo', id, '--turn', '1']);
  await until('the undoing', async () => (await states()) === 'undone undone rejected conflict undone');
  claim(
    'killed while it is undone: bytes, line ends and modes are as before, and what was made is gone',
    (await isOriginal('windows.txt')) &&
      (await isOriginal('run.sh')) &&
      (await look(folder, 'made')) === null &&
      (await found(made)) === null,
    [await found('windows.txt'), await found('run.sh'), await found(made)],
  );
  claim(
    'what somebody wrote is as they left it',
    (await found('conflict.txt'))?.content === ofSomebody,
    await found('conflict.txt'),
  );
  return claims;
};
