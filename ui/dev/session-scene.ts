import { planDiff } from './scripts.ts';
import type { DevServer } from './server.ts';

/** A session with calls in a row, changes, a list, commands, and an agent in the background. Its id, once its turns have ended. */
export const harbourScene = async ({ fakeSessions, fakeBeside, fakeSubagents }: DevServer): Promise<string> => {
  const { id } = fakeSessions.create({ title: 'Correct the lead time', changeMode: 'stage' });
  const { stream } = fakeSessions.entry(id);
  const turnEnds = (turn: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const state = stream.view.turns[turn]?.status;
        if (state === undefined || state === 'running') return;
        stream.listeners.delete(look);
        resolve();
      };
      stream.listeners.add(look);
      look();
    });
  const say = async (turn: number, text: string): Promise<void> => {
    fakeSessions.send(id, { text });
    await turnEnds(turn);
  };
  await say(1, 'Which files are here, and what does README.md say this project is?');
  await say(2, 'Audit the sources: is the lead time right everywhere? Correct it where it is not.');
  fakeSessions.survive(id);
  const child = fakeSessions.create({ title: 'tides', parentId: id });
  const subagent = fakeSubagents.spawn(id, 'Check ten years of tide tables', {
    sessionId: child.id,
    status: 'completed',
    endedAt: new Date(Date.now() - 8_000).toISOString(),
    deliveredTurn: 4,
  });
  fakeSessions.send(id, {
    text: `[Background agent "${subagent.label}" (${subagent.id}) completed]\nAll **3,652 days** agree with the moon table, except 2019-03-21: high water is an hour late there.\n\nThe row is \`tides.csv:28911\`.`,
  });
  await turnEnds(4);
  const at = { turn: 2, step: 3, call: 0 };
  fakeBeside.change(id, 'src/plan.ts', planDiff, {
    ...at,
    state: 'pending',
    notes: ['`zone` is exported and used nowhere.'],
  });
  fakeBeside.change(
    id,
    'data/tides.csv',
    '--- a/data/tides.csv\n+++ b/data/tides.csv\n@@ -28911 +28911 @@\n-2019-03-21T07:12\n+2019-03-21T06:12\n',
    { ...at, state: 'applied' },
  );
  fakeBeside.change(
    id,
    'docs/notes/a-very-long-folder-name/that-goes-on/lead-times.md',
    '--- /dev/null\n+++ b/docs/notes/lead-times.md\n@@ -0,0 +1,2 @@\n+# Lead times\n+An hour, in milliseconds.\n',
    {
      turn: 4,
      kind: 'create',
      state: 'conflict',
      reason: 'The file was created in the meantime. Nothing was written.',
    },
  );
  fakeBeside.command(id, ['npm', 'run', 'dev', '--', '--port', '4100'], {
    description: 'The development server',
    output: 'VITE ready in 312 ms\n\n  Local: http://127.0.0.1:4100/\n',
  });
  fakeBeside.command(id, ['npm', 'test'], {
    status: 'exited',
    exitCode: 1,
    output: 'tests 41, pass 40, fail 1\n',
    endedAt: new Date(Date.now() - 30_000).toISOString(),
  });
  return id;
};
