import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { until } from '../support/clock.ts';
import { openDemo } from '../support/demo.ts';
import { createScene } from './scene.ts';

const permissions = [
  { decision: 'deny', path: '*.pem', reason: 'keys' },
  { decision: 'allow', command: 'sh server.sh' },
];
const demo = await openDemo({ openModel: createScriptedModel, more: { permissions } });
const { stack, project, model, faults } = demo;
const outside = path.join(project.folder, 'outside');

const say = (line: string): void => console.log(line);
const check = (isRight: boolean, words: string): void => {
  say(`${isRight ? '  held  ' : '  BROKEN'} ${words}`);
  if (!isRight) faults.push(words);
};
const call = (name: string, args: object) => ({ reply: { toolCalls: [{ name, arguments: JSON.stringify(args) }] } });
const run = (...argv: string[]) => call('run_command', { argv, description: 'write a line to ran.log' });

const script = [
  run('sh', 'count.sh', 'one'),
  run('sh', 'count.sh', 'one'),
  call('read_file', { path: 'server.pem' }),
  call('request_read_access', { path: outside, reason: 'the note' }),
  call('read_file', { path: path.join(outside, 'note.txt') }),
  call('ask_user', { question: 'Which colour?', kind: 'choice', choices: ['red', 'blue'] }),
  call('ask_user', { question: 'Go on?', kind: 'choice', choices: ['yes', 'no'], default: 'no', deadline_seconds: 2 }),
  call('run_command', { argv: ['sh', 'server.sh'], start: true }),
  run('sh', 'count.sh', 'two'),
  { reply: { text: 'Denied, so I stop.' } },
  run('sh', 'count.sh', 'two'),
  run('sh', 'count.sh', 'one'),
  { reply: { text: 'Done.' } },
];
const key = 'approvals and what follows from them';

const prepare = async (): Promise<void> => {
  await mkdir(outside);
  await writeFile(path.join(outside, 'note.txt'), 'outside\n');
  await writeFile(path.join(project.workspace, 'count.sh'), 'echo "$1" >> ran.log\n');
  await writeFile(path.join(project.workspace, 'server.sh'), 'while :; do date +%s%N > beat; sleep 0.1; done\n');
  await writeFile(path.join(project.workspace, 'server.pem'), 'the key\n');
  model.script(script, key);
};

const play = async (): Promise<void> => {
  const { id } = await stack.api.createSession({ workspace: project.workspace });
  const scene = createScene(stack, id);
  await stack.api.sendMessage(id, { text: key });

  say('A command asks; every process dies; it is allowed for the session');
  const first = await scene.asked(0);
  await scene.killAll();
  check((await scene.ran()).length === 0, 'it has not run before it was approved');
  const why = await scene.everturn('permissions', 'why', first.id);
  check(why.output.includes('No rule allows it'), `"why" says ${why.output.trim().split('\n').at(-1)}`);
  const answered = await scene.everturn('approve', first.id, '--remember', 'session');
  check(answered.code === 0, 'approved on the command line, with --remember session');
  const second = await scene.everturn('approve', first.id, '--deny');
  check(second.code !== 0 && second.output.includes('first answer counts'), 'a second answer is refused');

  say('The same command again: nobody is asked. Reading a key: a rule denies it');
  check((await scene.result(2)).status === 'ok', 'it ran by the remembered rule');
  const denied = await scene.result(3);
  check(denied.status === 'denied' && denied.text.includes('*.pem'), `denied: ${denied.text}`);

  say('Reading outside the workspace asks; every process dies; it is opened');
  const access = await scene.asked(3);
  await scene.killAll();
  await stack.api.answerApproval(access.id, { decision: 'approve', argumentsHash: access.argumentsHash });
  check((await scene.result(5)).text === '1\toutside', 'the file outside was read');

  say('The agent asks a question; every process dies; it is answered by its number');
  const question = await scene.asked(5);
  await scene.killAll();
  const wrong = await scene.everturn('approve', question.id, '--answer', 'green');
  check(wrong.code !== 0 && wrong.output.includes('red, blue'), 'an answer that is no choice is refused');
  await scene.everturn('approve', question.id, '--answer', '2');
  check((await scene.result(6)).text === 'blue', 'the agent has read the answer');

  say('A question has a deadline; every process dies before it');
  await scene.asked(6);
  await scene.killAll();
  check((await scene.result(7)).text.endsWith('no'), 'its default was taken');

  say('A server runs in the background; every process dies');
  await scene.result(8);
  const beat = (): Promise<string> => readFile(path.join(project.workspace, 'beat'), 'utf8').catch(() => '');
  await until('the server', beat);
  const refused = await scene.asked(8);
  await scene.killAll();
  const last = await beat();
  await delay(1000);
  check((await beat()) === last, 'the server ended with its worker');

  say('A command is denied, and approved later');
  await stack.api.answerApproval(refused.id, { decision: 'deny', note: 'not now' });
  await until(
    'the end of the turn',
    async () => (await stack.api.getSession(id)).view.turns['1']?.status === 'completed',
  );
  check(!(await scene.ran()).includes('two'), 'it did not run');
  const { rules, roots } = await stack.api.listPermissions(id);
  for (const { id: added } of [...rules, ...roots]) if (added) await stack.api.removePermission(added);
  await scene.everturn('approve', refused.id, '--late');
  const again = await scene.asked(10);
  check((await scene.ran()).filter((line) => line === 'two').length === 1, 'it ran once, after the late approval');
  check(again.arguments.includes('one'), 'and what the removed rule had allowed asks again');
  await scene.killAll();
  await stack.api.answerApproval(again.id, { decision: 'deny' });
  await until(
    'the end of turn 2',
    async () => (await stack.api.getSession(id)).view.turns['2']?.status === 'completed',
  );
  check((await scene.ran()).join() === 'one,one,two', `ran.log: ${(await scene.ran()).join(', ')}`);
  faults.push(...model.failures);
};

await demo.run({ prepare, play });
for (const fault of faults) say(`BROKEN ${fault}`);
say(faults.length === 0 ? 'Held: nothing ran unasked, and nothing twice' : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
