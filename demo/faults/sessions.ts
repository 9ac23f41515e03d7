import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { hasEnded } from '../../contracts/subagents.ts';
import { childrenOf, commandFile, endless, keyed, textFor } from './answers.ts';
import { ask, askBoth, type Breach, type Play, patiently, watchSession } from './play.ts';
import { judgeTranscript, judgeWatchers, readTranscript } from './transcript.ts';

/** Asked of the actor when all is over and the stack is whole again. */
export type Judge = () => Promise<Breach[]>;
/** Resolves when what was begun has ended. */
export type Actor = (play: Play) => Promise<Judge>;

const open = async (play: Play): Promise<string> => {
  const idempotencyKey = randomUUID();
  const { id } = await ask(play, 'a new session', (api) =>
    api.createSession({ workspace: play.stack.project.workspace }, { idempotencyKey }),
  );
  return id;
};

const send = async (play: Play, session: string, text: string, first: number): Promise<void> => {
  const idempotencyKey = randomUUID();
  await ask(play, 'sending', (api) => api.sendMessage(session, { text }, { idempotencyKey }), first);
};

const untilSettled = (play: Play, session: string, turns: number): Promise<unknown> =>
  patiently(`the end of ${turns} turns of ${session}`, async () => {
    const { session: row, view } = await ask(play, `the state of ${session}`, (api) => api.getSession(session));
    const ended = Object.values(view.turns).filter(({ status }) => status !== 'running').length;
    return row.status === 'idle' && ended >= turns;
  });

/** Three messages in a row, one of them sent to both APIs at once, watched at both. */
const talk: Actor = async (play) => {
  const agent = 'talk';
  const session = await open(play);
  const watchers = [watchSession(play, session, 0), watchSession(play, session, 1)];
  const messages = ['Look at the folder.', 'And then?', 'Is that all?'].map((text) => keyed(play.name, agent) + text);
  for (const [index, text] of messages.entries()) {
    if (index !== 1) await send(play, session, text, index);
    else {
      const idempotencyKey = randomUUID();
      await askBoth(play, 'sending twice', (api) => api.sendMessage(session, { text }, { idempotencyKey }));
    }
  }
  await untilSettled(play, session, messages.length);
  return async () => {
    const found = [
      ...(await judgeTranscript(play, session, { agent, messages })),
      ...(await judgeWatchers(play, session, watchers)),
    ];
    await Promise.all(watchers.map((watcher) => watcher.close()));
    return found;
  };
};

/** A command that one person approves and another denies at the same time, at two APIs. */
const command: Actor = async (play) => {
  const agent = `${play.name}-command`;
  const file = path.join(play.stack.project.workspace, commandFile(agent));
  const session = await open(play);
  const watcher = watchSession(play, session, 1);
  const message = `${keyed(play.name, agent)}Run it.`;
  await send(play, session, message, 0);
  const approval = await patiently('the approval to be asked', async () => {
    const { approvals } = await ask(play, 'the approvals', (api) => api.listApprovals());
    return approvals.find(({ sessionId }) => sessionId === session);
  });
  const ranUnasked = existsSync(file);
  const answer = async (decision: 'approve' | 'deny', first: number): Promise<'taken' | 'refused'> => {
    const idempotencyKey = randomUUID();
    const give = async (api: Play['stack']['apis'][number]): Promise<'taken' | 'refused'> => {
      try {
        await api.answerApproval(approval.id, { decision }, { idempotencyKey });
        return 'taken';
      } catch (error) {
        if (error instanceof EverturnError && /^approval_(answered|closed)$/.test(error.code)) return 'refused';
        throw error;
      }
    };
    return await ask(play, `the answer "${decision}"`, give, first);
  };
  const [approved, denied] = await Promise.all([answer('approve', 0), answer('deny', 1)]);
  await untilSettled(play, session, 1);
  return async () => {
    const ran = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0;
    const chunks = await readTranscript(play, session);
    const results = chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.status] : []));
    const found: Breach[] = [
      ...(await judgeTranscript(play, session, { agent, messages: [message] })),
      ...(await judgeWatchers(play, session, [watcher])),
    ];
    await watcher.close();
    const isOk = results.join() === 'ok';
    if (ranUnasked) found.push({ kind: 'opened', words: 'a command ran before anybody was asked' });
    if (denied === 'taken' && approved !== 'taken' && ran > 0)
      found.push({ kind: 'opened', words: 'a command ran that was denied' });
    if (approved === 'taken' && denied === 'taken')
      found.push({ kind: 'doubled', words: 'both answers to one approval were taken' });
    if (ran > 1) found.push({ kind: 'doubled', words: `the command ran ${ran} times` });
    if (results.length !== 1)
      found.push({ kind: results.length > 1 ? 'doubled' : 'lost', words: `the command has ${results.length} results` });
    if (isOk && ran !== 1) found.push({ kind: 'lost', words: `the command is reported as done and ran ${ran} times` });
    return found;
  };
};

/** Two background agents, whose ends wake their parent. */
const family: Actor = async (play) => {
  const agent = 'family';
  const session = await open(play);
  const watcher = watchSession(play, session, 0);
  const message = `${keyed(play.name, agent)}Spawn two.`;
  await send(play, session, message, 1);
  const children = childrenOf(agent);
  const list = () => ask(play, 'the background agents', (api) => api.listSubagents({ session, limit: 100 }));
  await patiently('the ends of both background agents, told to their parent', async () => {
    const { subagents } = await list();
    const isTold = subagents.every(({ status, deliveredTurn }) => hasEnded(status) && deliveredTurn !== null);
    return subagents.length >= children.length && isTold;
  });
  await untilSettled(play, session, 2);
  return async () => {
    const { subagents } = await list();
    const chunks = await readTranscript(play, session);
    const texts = chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : []));
    const found = await judgeWatchers(play, session, [watcher]);
    await watcher.close();
    if (texts.filter((text) => text === message).length !== 1)
      found.push({ kind: 'doubled', words: 'the message to the parent is not once in its transcript' });
    for (const child of children) {
      const ours = subagents.filter(({ label }) => label === child);
      const [one] = ours;
      if (!one || ours.length > 1) {
        found.push({ kind: one ? 'doubled' : 'lost', words: `${child} was spawned ${ours.length} times` });
        continue;
      }
      const { result } = await ask(play, `the result of ${child}`, (api) => api.getSubagent(one.id));
      const told = texts.filter((text) => text.includes(`(${one.id})`)).length;
      if (one.status !== 'completed')
        found.push({ kind: 'lost', words: `${child} ended as ${one.status}: ${one.code} ${one.reason}` });
      else if (result !== textFor(child, `${keyed(play.name, child)}Look, then tell.`))
        found.push({ kind: 'lost', words: `${child} has the result ${JSON.stringify(result)}` });
      if (told !== 1)
        found.push({ kind: told > 1 ? 'doubled' : 'lost', words: `the end of ${child} was told ${told} times` });
    }
    return found;
  };
};

/** A reply without end, cancelled while it grows, and another message after it. */
const cancel: Actor = async (play) => {
  const session = await open(play);
  const watcher = watchSession(play, session, 1);
  const message = `${keyed(play.name, endless)}Go on and on.`;
  await send(play, session, message, 0);
  await patiently('a reply that grows', () => (watcher.view()?.live ?? []).some(({ parts }) => parts.length > 0));
  const idempotencyKey = randomUUID();
  await ask(play, 'cancelling', (api) => api.cancelTurn(session, { idempotencyKey }), 1);
  await untilSettled(play, session, 1);
  return async () => {
    const { view } = await ask(play, 'the cancelled session', (api) => api.getSession(session));
    const found = await judgeWatchers(play, session, [watcher]);
    await watcher.close();
    const status = view.turns['1']?.status;
    if (status !== 'cancelled') found.push({ kind: 'lost', words: `a cancelled turn ended as ${status}` });
    return found;
  };
};

export const sessionActors = { talk, command, family, cancel };
