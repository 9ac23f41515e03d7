import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from '../support/clock.ts';
import { openDemo } from '../support/demo.ts';
import { openCamera } from './camera.ts';
import { questions, startTourModel } from './model.ts';
import { flowName, scriptName, writeHarbour } from './project.ts';

/** Writes docs/screenshots/tour-*.png: the console on a real stack whose worker is killed in a turn and in a run. */
const demo = await openDemo({
  openModel: startTourModel,
  more: { models: [{ key: 'demo', model: 'example-large', price: { input: 3, output: 15, cacheRead: 0.3 } }] },
  env: { EVERTURN_WORKERS: '1' },
});
const { stack, project, model, faults, progress } = demo;
const parts = ['tide table', 'light plan', 'buoys', 'power'];
const seen = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor({ timeout: 60_000 });

const settled = (id: string, turns: number) =>
  until(`the end of turn ${turns}`, async () => {
    const { session } = await stack.api.getSession(id);
    const { turns: done } = await stack.api.listTurns(id, {});
    return session.status === 'idle' && session.lastTurn === 'completed' && done.length >= turns;
  });

const ask = async (title: string, text: string, more: object = {}): Promise<string> => {
  const { id } = await stack.api.createSession({ title, workspace: project.workspace, ...more });
  await stack.api.sendMessage(id, { text });
  return id;
};

const play = async (): Promise<void> => {
  await stack.whole();
  const camera = await openCamera(project);
  try {
    progress('a conversation');
    const night = await ask('Which buoys are dark?', questions.project);
    await settled(night, 1);
    const page = await camera.open(`/s/${night}`);
    await seen(page, 'Live');

    progress('kill -9 of the worker in the middle of a reply');
    await stack.api.sendMessage(night, { text: questions.dark });
    await until('half of the reply', () => model.piecesOf(questions.dark) > 60);
    await stack.kill('worker');
    await settled(night, 2);
    await seen(page, 'Worker lost');
    await page.getByRole('button', { name: 'Show what it had written' }).click();
    await seen(page, '1 crash survived');

    progress('staged changes');
    const lead = await ask('Correct the lead time', questions.lead, { changeMode: 'stage' });
    await settled(lead, 1);

    progress('a flow up to its approval');
    const winter = await stack.api.startRun({
      flow: flowName,
      input: { months: ['December', 'January', 'February'], careful: true },
      workspace: project.workspace,
    });
    const waits = (id: string) =>
      until(
        `the question of run ${id}`,
        async () => {
          const { run } = await stack.api.getRun(id);
          if (run.endedAt !== null) throw new Error(`Run ${id} ended: ${run.reason ?? run.status}`);
          return run.waiting;
        },
        180_000,
      );
    await waits(winter.id);

    progress('a script, and kill -9 of the worker in the middle of its calls');
    await stack.whole();
    const review = await stack.api.startRun({
      script: scriptName,
      args: { parts },
      workspace: project.workspace,
      budget: { tokens: 400_000 },
    });
    await until('doubts', () => model.piecesOf('Doubt') > 150, 180_000);
    await stack.kill('worker');
    await waits(review.id);
    await stack.whole();

    progress('pictures');
    await camera.shoot(page, 'crash');
    await page.getByRole('button', { name: 'Trace of the session' }).click();
    await page
      .getByRole('button', { name: /Worker lost/ })
      .first()
      .click();
    await seen(page, 'Attempts');
    await camera.shoot(page, 'waterfall');
    await page.close();

    const views: [string, string, string | RegExp, ('dark' | 'light')[]][] = [
      ['script', `/r/${review.id}/timeline`, 'Operation', ['dark']],
      ['run', `/r/${review.id}`, 'Progress', ['light']],
      ['graph', `/r/${winter.id}/graph#approve`, 'The run asks', ['dark']],
      ['inbox', '/inbox', 'ready to apply', ['light']],
      ['health', '/health', 'SIGKILL', ['dark']],
    ];
    for (const [name, address, text, schemes] of views) {
      const view = await camera.open(address);
      await seen(view, text);
      // The graph is laid out by a worker, and its view moves to what is selected.
      await delay(1_000);
      await camera.shoot(view, name, schemes);
      await view.close();
    }
  } finally {
    await camera.close();
    for (const file of camera.taken) console.log(file);
  }
};

await demo.run({ prepare: () => writeHarbour(project), play });
faults.push(...model.failures);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
