import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { SessionView } from '../../contracts/view.ts';
import { until } from '../support/clock.ts';
import { runCommand } from '../support/command.ts';
import { openDemo } from '../support/demo.ts';
import { createJudge, reportOf } from './judge.ts';
import { openProvider, secrets } from './provider.ts';

/** A retry of Temporal's takes a second; a switch is to take some tens of milliseconds, also on a busy machine. */
const switchMs = 300;
const retryAfterSeconds = 15;

const env = { MAIN_KEY: secrets.main, SPARE_KEY: secrets.spare, EVERTURN_WORKERS: '2' };
const demo = await openDemo({ openModel: openProvider, env });
const { stack, project, model: provider, faults } = demo;
const judge = createJudge();
const configFile = path.join(project.folder, 'everturn.yaml');

const configure = async (change: (config: Record<string, unknown>) => void): Promise<void> => {
  const config = parse(await readFile(configFile, 'utf8')) as Record<string, unknown>;
  change(config);
  await writeFile(configFile, stringify(config));
};
const models = [
  { key: 'main', model: 'large' },
  { key: 'main', model: 'small' },
  { key: 'spare', model: 'reserve' },
];

const showKeys = async (when: string): Promise<string> => {
  const { output } = await runCommand(project, ['keys']);
  console.log(`\n$ everturn keys   # ${when}\n${output.trimEnd()}`);
  return output;
};

type Said = { view: SessionView; status: string; keys: string[] };
const settled = (id: string, turn: number): Promise<SessionView> =>
  until(`turn ${turn} to end`, async () => {
    const { view } = await stack.api.getSession(id);
    return view.turns[turn] && view.turns[turn].status !== 'running' ? view : undefined;
  });
const keysAskedFor = (words: string): string[] =>
  provider.asked.filter((one) => one.words === words).map(({ key }) => key);
const say = async (id: string, turn: number, words: string): Promise<Said> => {
  await stack.api.sendMessage(id, { text: words });
  const view = await settled(id, turn);
  return { view, status: view.turns[turn]?.status ?? '', keys: keysAskedFor(words) };
};
const systemOf = ({ chunks }: SessionView, turn: number): string[] =>
  chunks.flatMap(({ turn: of, body }) =>
    of === turn && body.kind === 'system' ? [`${body.label}: ${body.text}`] : [],
  );
const newSession = async (): Promise<string> => (await stack.api.createSession({ workspace: project.workspace })).id;

const fallback = async (): Promise<string> => {
  const before = await showKeys('before');
  judge.check(
    'both keys are ready',
    !/rests/.test(before) && /main/.test(before) && /spare/.test(before),
    'everturn keys',
  );
  provider.refuse('main', {
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
  });
  const first = await newSession();
  const { view, status, keys } = await say(first, 1, 'the first session asks');
  judge.check(
    'the first session is answered by the other key',
    status === 'completed' && keys.join() === 'main,spare',
    keys,
  );
  const [refused, answered] = provider.asked;
  const took = (answered?.at ?? Number.POSITIVE_INFINITY) - (refused?.endedAt ?? 0);
  console.log(`\nThe switch took ${took.toFixed(1)} ms, from the end of the refusal to the request with the other key`);
  judge.check(`the switch takes less than ${switchMs} ms`, took < switchMs, `${took.toFixed(1)} ms`);
  const order = view.chunks.map(({ body }) => (body.kind === 'system' ? body.label : body.kind)).join();
  judge.check('notice and model-changed precede the reply', order === 'text,notice,model-changed,text', order);
  for (const line of systemOf(view, 1)) console.log(`  ${line}`);
  judge.check(
    'the notice names key, model and reason',
    /"main".*quota.*"large".*429/.test(systemOf(view, 1)[0] ?? ''),
    systemOf(view, 1)[0],
  );

  const second = await newSession();
  const other = await say(second, 1, 'the second session asks');
  judge.check(
    'the second session never asks the marked key',
    other.status === 'completed' && other.keys.join() === 'spare',
    other.keys,
  );
  const after = await showKeys('after');
  judge.check(
    'the key is listed with its mark',
    /main.*rests.*quota/.test(after) && /spare.*ready/.test(after),
    'everturn keys',
  );
  const shown = `${before}${after}${JSON.stringify(await stack.api.listKeys())}`;
  judge.check('no secret is shown', !shown.includes('demo-secret'), 'everturn keys, /api/keys');

  await until('the key to come back', async () =>
    (await stack.api.listKeys()).keys.every(({ marks }) => marks.length === 0),
  );
  const again = await say(second, 2, 'the second session asks again');
  judge.check('the key comes back by itself', again.keys.join() === 'main', again.keys);
  judge.check(
    'the session is told so',
    /model-changed: The key "main" is asked again/.test(systemOf(again.view, 2)[0] ?? ''),
    systemOf(again.view, 2),
  );
  await showKeys('when its time has passed');
  return second;
};

/** Both keys rest: the turn waits by a timer of its workflow, so the death of the workers changes nothing. */
const waiting = async (): Promise<void> => {
  const limited = (seconds: number) => ({
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { error: { message: 'Rate limit reached' } },
  });
  provider.refuse('main', limited(60));
  provider.refuse('spare', limited(8));
  const id = await newSession();
  await stack.api.sendMessage(id, { text: 'the third session asks' });
  const waits = await until('the wait to be shown', async () => (await stack.api.getSession(id)).view.live[0]?.waits);
  console.log(`\nBoth keys rest. The turn waits until ${waits.until}; its workers are killed meanwhile`);
  await stack.kill('worker');
  const view = await settled(id, 1);
  const keys = keysAskedFor('the third session asks');
  judge.check(
    'a turn waits for the first key that returns, also without workers',
    view.turns[1]?.status === 'completed' && keys.join() === 'main,spare,spare',
    keys,
  );
  await showKeys('after the wait');
  const { output } = await runCommand(project, ['keys', 'clear', 'main']);
  const cleared = await stack.api.listKeys();
  judge.check(
    'everturn keys clear removes a mark',
    cleared.keys.every(({ marks }) => marks.length === 0),
    output.trim(),
  );
  await stack.whole();
};

/** everturn.yaml is read again while the stack runs; one with faults is not used. */
const reloading = async (session: string): Promise<void> => {
  await configure((config) => {
    config.models = models.slice(2);
  });
  await until('the change', async () => (await stack.api.getConfig()).changes.length > 0);
  const { keys, view } = await until('a turn with it', async () => {
    const turn = Object.keys((await stack.api.getSession(session)).view.turns).length + 1;
    const said = await say(session, turn, `asked with the new configuration, turn ${turn}`);
    return systemOf(said.view, turn).length > 0 ? said : undefined;
  });
  const told = systemOf(view, Object.keys(view.turns).length);
  for (const line of told) console.log(`  ${line}`);
  judge.check('a changed everturn.yaml is in use without a restart', keys.join() === 'spare', keys);
  judge.check(
    'the session is told so, once',
    told.filter((line) => line.startsWith('config-reload: ')).length === 1,
    told,
  );

  const whole = await readFile(configFile, 'utf8');
  await writeFile(configFile, `${whole}\nnonsense: true\n`);
  const fault = await until('the fault', async () => (await stack.api.getConfig()).fault);
  const { output } = await runCommand(project, ['doctor']);
  judge.check(
    'one with faults is not used, and everturn doctor says so',
    /reload .*nonsense/.test(output),
    fault.split('\n').at(-1),
  );
  const next = await say(session, Object.keys(view.turns).length + 1, 'asked with the fault');
  judge.check('the configuration before it stays in use', next.keys.join() === 'spare', next.keys);
  await writeFile(configFile, whole);
  await until('the fault to be gone', async () => (await stack.api.getConfig()).fault === null);
  judge.check('mended, it is used again', true, 'GET /api/config');
};

const prepare = async (): Promise<void> => {
  await configure((config) => {
    config.keys = {
      main: { baseUrl: provider.url, apiKeyEnv: 'MAIN_KEY' },
      spare: { baseUrl: provider.url, apiKeyEnv: 'SPARE_KEY' },
    };
    config.models = models;
  });
};

const play = async (): Promise<void> => {
  const session = await fallback();
  await waiting();
  await reloading(session);
};

await demo.run({ prepare, play });
judge.check('the demo comes to its end, and leaves nothing running', faults.length === 0, faults);
judge.check('every request was one that the demo expected', provider.failures.length === 0, provider.failures);
console.log(`\n${reportOf(judge.checks)}`);
process.exitCode = judge.checks.every(({ isSo }) => isSo) ? 0 : 1;
