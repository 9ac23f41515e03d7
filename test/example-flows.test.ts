import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReachable } from '../api/services/model-health.ts';
import type { Question } from '../contracts/runs.ts';
import { openDefinitions } from '../definitions/definitions.ts';
import { define, ended, output, startRun, statuses } from './support/runs.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const examples = path.join(import.meta.dirname, '..', 'examples', 'flows');
const secret = 'a-secret-of-some-length';

let stack: Stack;
beforeAll(async () => {
  process.env.TRIAGE_SECRET = secret;
  stack = await openStack();
  await mkdir(path.join(stack.workspace, '.everturn'), { recursive: true });
  await cp(examples, path.join(stack.workspace, '.everturn', 'flows'), { recursive: true });
  await stack.startWorker();
});
afterAll(async () => {
  for (const flow of await stack.gateway.scheduledFlows()) await stack.gateway.dropSchedule(flow);
  await stack.close();
});

const says = (text: string): ScriptedStep => ({ reply: { text } });
const hands = (result: object): ScriptedStep => ({
  reply: { toolCalls: [{ name: 'submit_result', arguments: JSON.stringify({ result }) }] },
});
const refuses: ScriptedStep = { status: 401 };

const run = async (name: string, input: object) => {
  const id = await startRun(stack, name, { input });
  return { id, end: await ended(stack, id), statuses: await statuses(stack, id), output: await output(stack, id) };
};
const file = async (id: string, name: string): Promise<string> => await (await stack.api.readArtifact(id, name)).text();
const files = async (id: string): Promise<string[]> => (await stack.api.getRun(id)).artifacts.map(({ name }) => name);
const asked = (id: string): Promise<Question> =>
  until('the question', async () => (await stack.api.getRun(id)).questions[0]);
const ran = (id: string): Promise<string[]> =>
  stack.api.getRun(id).then(({ nodes }) => Object.values(nodes).flatMap((node) => (node.startedAt ? [node.step] : [])));

test('the examples have no faults, whatever the project configures', () => {
  const definitions = openDefinitions({
    project: stack.workspace,
    models: () => ({ names: ['offline'], aliases: {}, strict: true }),
  });
  const found = definitions.flows().filter(({ origin }) => origin === 'project');
  expect(found.map(({ name, faults }) => [name, faults])).toEqual(
    ['assess', 'nightly-digest', 'release', 'triage'].map((name) => [name, []]),
  );
});

describe('nightly-digest', () => {
  test('two of three summaries are a digest', async () => {
    stack.model.script([says('Documents.')], 'the folder docs-a');
    stack.model.script([says('Code.')], 'the folder src-a');
    stack.model.script([refuses, refuses], 'the folder none-a');
    const { id, end, statuses: steps } = await run('nightly-digest', { folders: ['docs-a', 'none-a', 'src-a'] });
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(steps).toEqual({ summarise: 'completed', digest: 'completed', nothing: 'skipped' });
    expect(await file(id, 'report.md')).toBe('# Digest\n\n- **docs-a**: Documents.\n- **src-a**: Code.\n');
    expect(await files(id)).toEqual(['digest-of-3-folders.json', 'report.md']);
    expect(JSON.parse(await file(id, 'digest-of-3-folders.json'))).toHaveLength(2);
  });

  test('one is none: a step that tolerates it says so, and the run completes', async () => {
    stack.model.script([says('Documents.')], 'the folder docs-b');
    for (const folder of ['src-b', 'none-b']) stack.model.script([refuses, refuses], `the folder ${folder}`);
    const {
      end,
      statuses: steps,
      output: said,
    } = await run('nightly-digest', { folders: ['docs-b', 'src-b', 'none-b'] });
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(steps).toEqual({ summarise: 'failed', digest: 'skipped', nothing: 'completed' });
    expect(said).toMatch(/^No digest: 1 of 3 items completed, and the join needs 2: /);
  });

  test('its schedule starts it, with its own input, allowed to do nothing without asking', async () => {
    await stack.scheduleSync()();
    for (const folder of ['docs', 'src']) stack.model.script([says(`It is ${folder}.`)], `the folder ${folder}.`);
    await stack.api.triggerSchedule('nightly-digest');
    const started = await until('the run', async () => {
      const { runs } = await stack.api.listRuns({ flow: 'nightly-digest' });
      return runs.find(({ trigger }) => trigger === 'schedule');
    });
    expect(started).toMatchObject({ allow: [], workspace: stack.workspace });
    expect(await ended(stack, started.id)).toMatchObject({ status: 'completed', reason: null });
    expect(await output(stack, started.id)).toHaveLength(2);
  });
});

describe('release', () => {
  const minor = { version: '1.2.0', changes: ['faster'] };

  test('a minor one: its case by its label, the answer by its fields, files by their names; a re-run keeps the answer', async () => {
    const id = await startRun(stack, 'release', { input: minor });
    const question = await asked(id);
    expect(question.prompt).toBe('Release 1.2.0 (minor)?\n\nNew in 1.2.0\n- faster\n');
    await stack.api.answerQuestion(question.id, { decision: 'approve', fields: { channel: 'beta', announce: true } });
    expect(await ended(stack, id)).toMatchObject({ status: 'completed', reason: null });
    expect(await output(stack, id)).toEqual({ size: 'minor', channel: 'beta', announced: true });
    expect(await stack.api.getRun(id)).toMatchObject({ nodes: { size: { chosen: 1, label: 'minor' } } });
    expect((await stack.api.getNode(id, 'size', null)).output).toEqual({ case: 1, label: 'minor' });
    expect((await stack.api.getNode(id, 'approve', null)).output).toEqual({
      decision: 'approve',
      fields: { channel: 'beta', announce: true },
      note: null,
      by: 'owner',
      at: expect.any(String),
    });
    expect(await files(id)).toEqual(['notes-1.2.0.md', 'release-1.2.0.json']);
    expect(await file(id, 'notes-1.2.0.md')).toBe('New in 1.2.0\n- faster');

    const again = await stack.api.rerun(id, {});
    expect(await ended(stack, again.id)).toMatchObject({ status: 'completed' });
    expect(await stack.api.getRun(again.id)).toMatchObject({ nodes: { approve: { reusedFrom: id } }, questions: [] });

    const changed = await stack.api.rerun(again.id, { input: { ...minor, changes: ['slower'] } });
    expect((await asked(changed.id)).prompt).toContain('- slower');
    await stack.api.cancelRun(changed.id);
    const fresh = await stack.api.rerun(id, { from: 'approve' });
    await asked(fresh.id);
    await stack.api.cancelRun(fresh.id);
    await Promise.all([changed.id, fresh.id].map((one) => ended(stack, one)));
  });

  test('a major one: the guide is tried again; what was denied fails the run, and what always runs has run', async () => {
    stack.model.script([refuses, says('Read this first.')], 'who upgrade to 2.0.0');
    const id = await startRun(stack, 'release', { input: { version: '2.0.0', changes: ['all of it'] } });
    const question = await asked(id);
    expect(question.prompt).toContain('Read this first.');
    expect(await stack.api.getRun(id)).toMatchObject({ run: { waiting: true }, nodes: { guide: { attempt: 2 } } });
    await stack.api.answerQuestion(question.id, { decision: 'deny', note: 'not today' });
    expect(await ended(stack, id)).toMatchObject({ status: 'failed', reason: 'approve: Denied by owner: not today' });
    expect(await statuses(stack, id)).toMatchObject({
      highlights: 'excluded',
      fixes: 'excluded',
      announce: 'skipped',
      tidy: 'completed',
    });
  });

  test('onError: stop reports the error of the step that stopped the run', async () => {
    const { end, statuses: steps } = await run('release', { version: '1.2.3', changes: ['x'.repeat(3000)] });
    expect(end).toMatchObject({ status: 'failed', code: 'run_failed' });
    expect(end.reason).toMatch(
      /^length: Cannot run steps\.length\.code: the notes are longer than 2,000 characters \(line 1, column \d+\)$/,
    );
    expect(steps).toMatchObject({
      size: 'completed',
      fixes: 'completed',
      length: 'failed',
      approve: 'cancelled',
      tidy: 'completed',
    });
  });
});

describe('triage', () => {
  const hook = async (title: string, given = secret) => {
    const response = await fetch(`${stack.baseUrl}/api/hooks/triage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-everturn-secret': given },
      body: JSON.stringify({ title }),
    });
    return { status: response.status, body: (await response.json()) as { runId: string } };
  };
  const opinions = (title: string, ...given: [word: string, ScriptedStep][]) => {
    for (const [word, step] of given)
      stack.model.script([step], `the ${word} of this report as low or high:\n${title}`);
  };

  test('refused without the secret', async () => {
    expect(await hook('It is down', 'another-secret-of-this-length')).toMatchObject({ status: 401 });
  });

  test('two low opinions of three file it; the run within it is another one', async () => {
    opinions(
      'A typo',
      ['damage', hands({ severity: 'low' })],
      ['reach', refuses],
      ['haste', hands({ severity: 'low' })],
    );
    const { status, body } = await hook('A typo');
    expect(status).toBe(202);
    expect(await ended(stack, body.runId)).toMatchObject({ status: 'completed', trigger: 'webhook', allow: [] });
    expect(await output(stack, body.runId)).toEqual({ filed: 'A typo', severity: 'low' });
    const { nodes } = await stack.api.getRun(body.runId);
    expect(nodes).toMatchObject({ route: { chosen: -1, label: 'default' } });
    const within = await stack.api.getRun(nodes.assess?.childRun ?? '');
    expect(within).toMatchObject({ run: { parentRun: body.runId, trigger: 'flow', status: 'completed' } });
  });

  test('a high one asks for somebody: the list says so as the run itself does', async () => {
    opinions(
      'It is down',
      ['damage', hands({ severity: 'high' })],
      ['reach', hands({ severity: 'high' })],
      ['haste', refuses],
    );
    const { body } = await hook('It is down');
    const question = await asked(body.runId);
    const listed = (await stack.api.listRuns({ flow: 'triage' })).runs.find(({ id }) => id === body.runId);
    expect([listed?.waiting, (await stack.api.getRun(body.runId)).run.waiting]).toEqual([true, true]);
    await stack.api.answerQuestion(question.id, { decision: 'approve', fields: { who: 'ada' } });
    expect(await ended(stack, body.runId)).toMatchObject({ status: 'completed' });
    expect(await output(stack, body.runId)).toEqual({ takenBy: 'ada', title: 'It is down' });
  });

  test('nobody takes it: filed all the same', async () => {
    opinions(
      'It burns',
      ['damage', hands({ severity: 'high' })],
      ['reach', hands({ severity: 'high' })],
      ['haste', refuses],
    );
    const { body } = await hook('It burns');
    await stack.api.answerQuestion((await asked(body.runId)).id, { decision: 'deny' });
    expect(await ended(stack, body.runId)).toMatchObject({ status: 'completed' });
    expect(await output(stack, body.runId)).toEqual({ filed: 'It burns', severity: 'high' });
  });

  test('what cannot be assessed is filed too', async () => {
    opinions('Nonsense', ['damage', refuses], ['reach', refuses], ['haste', refuses]);
    const { body } = await hook('Nonsense');
    expect(await ended(stack, body.runId)).toMatchObject({ status: 'completed' });
    expect(await output(stack, body.runId)).toEqual({ filed: 'Nonsense', severity: 'unknown' });
    expect(await statuses(stack, body.runId)).toMatchObject({ assess: 'failed', file: 'completed' });
  });
});

describe('a join over the items of a map', () => {
  let count = 0;
  const flow = async (join: string | number, more = ''): Promise<string> => {
    const name = `joined${count++}`;
    await define(
      stack,
      'flows',
      name,
      `name: ${name}
batches:
  g: { join: ${join}, maxConcurrent: 1 }
steps:
  - { id: each, kind: map, items: input.list, batch: g, code: "if (item < 0) throw new Error('negative'); return item" }
  - { id: next, kind: code, needs: [g], code: 'return results.each.output' }
${more}`,
    );
    return name;
  };
  /** With one item that fails, at the end. */
  const list = [1, 2, 3, -4];

  test.each<[string | number, 'completed' | 'failed', RegExp | null]>([
    ['all', 'failed', /^each: 1 of 4 items did not complete: 3 \(/],
    ['any', 'completed', null],
    ['all_settled', 'completed', null],
    [1, 'completed', null],
    [2, 'completed', null],
    [3, 'completed', null],
    [4, 'failed', /^each: 3 of 4 items completed, and the join needs 4: 3 \(/],
  ])('%s', async (join, status, reason) => {
    const { end, statuses: steps, output: _none } = await run(await flow(join), { list });
    expect(end).toMatchObject({ status, reason: reason === null ? null : expect.stringMatching(reason) });
    expect(steps).toEqual({ each: status, next: status === 'completed' ? 'completed' : 'skipped' });
  });

  test('more than there are items: refused before the first of them begins', async () => {
    const { id, end } = await run(await flow(5), { list });
    const words = 'Cannot map over steps.each.items: it gives 4 items, and the join needs 5 to complete';
    expect(end).toMatchObject({ status: 'failed', reason: `each: ${words}` });
    expect((await stack.api.listItems(id, 'each', {})).items).toEqual([]);
    expect(await ran(id)).toEqual(['each']);
  });

  test('any of none is refused, all of none is met', async () => {
    expect((await run(await flow('any'), { list: [] })).end).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('it gives 0 items, and the join needs 1 to complete'),
    });
    expect((await run(await flow('all'), { list: [] })).end).toMatchObject({ status: 'completed' });
  });

  test('one that is not met is tolerated by a step that runs all the same', async () => {
    const more = `  - { id: other, kind: code, needs: [g], trigger: all_done, code: 'return results.each.status' }\n`;
    const { end, statuses: steps } = await run(await flow('all', more), { list });
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(steps).toEqual({ each: 'failed', next: 'skipped', other: 'completed' });
  });

  test('a group of steps of which too few ran fails the run', async () => {
    await define(
      stack,
      'flows',
      'short',
      `name: short
batches: { g: { join: 2, rest: continue } }
steps:
  - { id: a, kind: code, batch: g, code: return 1 }
  - { id: b, kind: code, batch: g, code: return 1, when: 'false' }
  - { id: c, kind: code, needs: [g], code: return 1 }
`,
    );
    const { end } = await run('short', {});
    expect(end).toMatchObject({
      status: 'failed',
      reason: 'g: 1 of 2 members completed, and the join needs 2 (b skipped)',
    });
  });
});

test('a name that is no file name, or is there already, fails the run and says which', async () => {
  const named = (name: string, other: string) =>
    define(
      stack,
      'flows',
      'named',
      `name: named\nsteps: [{ id: a, kind: code, code: return 1 }]\nartifacts:\n  '${name}': x\n  '${other}': y\n`,
    );
  await named(`\${input.name}.md`, 'b.md');
  expect((await run('named', { name: '../a' })).end).toMatchObject({
    status: 'failed',
    code: 'result_invalid',
    reason: expect.stringMatching(
      /^Cannot keep artifacts\.\$\{input\.name\}\.md: its name is "\.\.\/a\.md", expected a file name/,
    ),
  });
  expect((await run('named', { name: 'b' })).end.reason).toMatch(
    /^Cannot keep artifacts\.\S+: the run has a file b\.md already$/,
  );
  const { id } = await run('named', { name: 'a' });
  expect(await files(id)).toEqual(['a.md', 'b.md']);
  await expect(stack.api.readArtifact(id, 'a.mdx')).rejects.toMatchObject({
    code: 'artifact_not_found',
    message: expect.stringContaining('did you mean "a.md"?'),
  });
});

test('the health of workers, of the worker of scripts and of the model can be asked', async () => {
  const { workers, scriptWorkers, model } = await stack.api.health({ model: true });
  expect({ workers, scriptWorkers, reachable: model.reachable }).toEqual({
    workers: 1,
    scriptWorkers: 0,
    reachable: true,
  });
  expect((await stack.api.health()).model).not.toHaveProperty('reachable');
  expect(await isReachable('http://127.0.0.1:1/v1')).toBe(false);
  expect(await isReachable(null)).toBeNull();
});
