import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StartRun } from '../../contracts/runs.ts';
import { approve } from '../flow-crash/follower.ts';
import { textFor } from './answers.ts';
import { ask, askBoth, type Breach, type Play, patiently, watchRunOf } from './play.ts';
import type { Actor } from './sessions.ts';

const flowName = 'fault-matrix-flow';
const scriptName = 'fault-matrix-script';
const items = 3;

const flow = `name: ${flowName}
description: A map of agents, code and a question, for the fault matrix
inputs: { type: object, properties: { key: { type: string } }, required: [key] }
steps:
  - { id: topics, kind: code, code: 'return Array.from({ length: ${items} }, (_, n) => "topic " + n)' }
  - id: research
    kind: map
    needs: [topics]
    items: results.topics.output
    maxConcurrent: 2
    prompt: "[\${input.key}/item \${index}] Look, then tell of \${item}."
  - { id: publish, kind: approval, needs: [research], prompt: 'Publish?' }
  - { id: summary, kind: agent, needs: [publish], prompt: "[\${input.key}/summary] Sum up." }
output: '[...results.research.output, results.publish.output.decision, results.summary.output]'
`;

const script = `export const meta = { name: '${scriptName}', description: 'Agents side by side and a question, for the fault matrix' }

const ask = (name, words) => agent('[' + args.key + '/' + name + '] ' + words, { label: name })
const facts = await parallel(Array.from({ length: ${items} }, (_, n) => () => ask('fact ' + n, 'Look, then tell fact ' + n + '.')))
const answer = await approve('Publish?')
return [...facts, answer.approved ? 'approve' : 'deny', await ask('whole', 'Sum up.')]
`;

export const writeDefinitions = async (project: string): Promise<void> => {
  const files = { [`flows/${flowName}.yaml`]: flow, [`workflows/${scriptName}.js`]: script };
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(project, '.everturn', file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, text);
  }
};

const numbers = Array.from({ length: items }, (_, n) => n);
const outputOf = (play: Play, kind: 'flow' | 'script'): string[] => {
  const told = (agent: string, words: string): string => textFor(agent, `[${play.name}/${agent}] ${words}`);
  return kind === 'flow'
    ? [
        ...numbers.map((n) => told(`item ${n}`, `Look, then tell of topic ${n}.`)),
        'approve',
        told('summary', 'Sum up.'),
      ]
    : [...numbers.map((n) => told(`fact ${n}`, `Look, then tell fact ${n}.`)), 'approve', told('whole', 'Sum up.')];
};

/** Started at both APIs at once with the same key, its question answered. */
const run =
  (kind: 'flow' | 'script'): Actor =>
  async (play) => {
    const key = play.name;
    const { workspace } = play.stack.project;
    const body: StartRun =
      kind === 'flow'
        ? { flow: flowName, input: { key }, workspace }
        : { script: scriptName, args: { key }, workspace };
    const idempotencyKey = randomUUID();
    const [{ id }, other] = await askBoth(play, `the start of a ${kind}`, (api) =>
      api.startRun(body, { idempotencyKey }),
    );
    const watcher = watchRunOf(play, id, kind === 'flow' ? 0 : 1);
    const state = () => ask(play, `the state of run ${id}`, (api) => api.getRun(id));
    const asked = await patiently(`the question of ${kind} ${id}`, async () => {
      const { run: row, questions } = await state();
      return row.status !== 'running' ? 'ended' : questions.find(({ status }) => status === 'pending');
    });
    if (asked !== 'ended') await ask(play, 'the answer to the question', (api) => approve(api, asked));
    await patiently(`the end of ${kind} ${id}`, async () => (await state()).run.status !== 'running');
    return async () => {
      const found: Breach[] = [];
      const { run: row, nodes } = await state();
      if (other.id !== id) found.push({ kind: 'doubled', words: `one start of a ${kind} gave ${id} and ${other.id}` });
      if (row.status !== 'completed') {
        const ends = Object.values(nodes).map(
          ({ step, index, status, reason }) => `${step} ${index ?? ''} ${status} ${reason ?? ''}`,
        );
        found.push({ kind: 'lost', words: `${kind} ${id} ended as ${row.status}: ${row.reason}; ${ends.join(', ')}` });
      } else {
        const { output } = await ask(play, `the output of run ${id}`, (api) => api.getRunOutput(id));
        if (!isDeepStrictEqual(output, outputOf(play, kind)))
          found.push({ kind: 'lost', words: `${kind} ${id} gave ${JSON.stringify(output)}` });
      }
      await patiently(`a watcher of ${id} to see its end`, () => {
        return watcher.faults.length > 0 || watcher.view()?.run.status === row.status;
      });
      found.push(...watcher.faults.map((words): Breach => ({ kind: 'lost', words })));
      const seen = Object.entries(watcher.view()?.nodes ?? {}).map(([step, node]) => [step, node.status]);
      const fresh = Object.entries(nodes).map(([step, node]) => [step, node.status]);
      if (!isDeepStrictEqual(Object.fromEntries(seen), Object.fromEntries(fresh)))
        found.push({ kind: 'lost', words: `a watcher of ${id} has other steps: ${JSON.stringify({ seen, fresh })}` });
      await watcher.close();
      return found;
    };
  };

export const runActors = { flow: run('flow'), script: run('script') };
