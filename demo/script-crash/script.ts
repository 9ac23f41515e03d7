import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../support/project.ts';

export const scriptName = 'crash-demo';
export const budgetTokens = 10_000_000;

/** Every prompt begins with the run and the agent's name; the answer depends on neither the run nor the time. */
export const keyPattern = /^\[([^/\]]+)\/([^\]]+)\] /;

const facts = 40;
const checked = 6;

/** A fan-out, a pipeline, a script within the script, a tool, a file, a sleep, a person, and a budget. */
const source = `export const meta = {
  name: '${scriptName}',
  description: 'Everything that a script can wait for, for the crash demonstration',
  phases: [{ title: 'Survey' }, { title: 'Fan out' }, { title: 'Refine' }, { title: 'Publish' }],
}

const ask = (name, words, options = {}) => agent('[' + args.key + '/' + name + '] ' + words, { label: name, ...options })

phase('Survey')
const survey = await ask('survey', 'Look, then survey the folder.')
log('surveyed', survey.length)

phase('Fan out')
const facts = await parallel(Array.from({ length: ${facts} }, (_, n) => () =>
  ask('fact ' + n, 'Tell fact ' + n + ' of: ' + survey, { phase: 'Fan out' })))
log(facts.filter(Boolean).length, 'facts')

phase('Refine')
const rating = { type: 'object', properties: { rating: { type: 'integer' } }, required: ['rating'] }
const [rated, nested, files] = await Promise.all([
  pipeline(facts.slice(0, ${checked}),
    (fact, _, n) => ask('check ' + n, 'Look, then check: ' + fact, { phase: 'Refine' }),
    (found, fact, n) => ask('rate ' + n, 'Rate ' + found + ' for ' + fact, { phase: 'Refine', schema: rating })),
  workflow('${scriptName}-part', { key: args.key, of: facts.slice(-3) }),
  tool('list_files', {}),
  sleep(2),
])
log('spent so far', budget.spent())

phase('Publish')
const answer = await approve('Publish ' + facts.length + ' facts?')
const summary = await ask('summary', 'Sum up: ' + JSON.stringify([rated, nested]))
await artifact('report.md', ['# ' + summary, ...facts].join('\\n'))
return { survey, facts, rated, nested, files, approved: answer.approved, summary, spent: budget.spent(), left: budget.remaining() }
`;

const part = `export const meta = { name: '${scriptName}-part', description: 'What the crash demonstration runs within itself' }

const ask = (name, words) => agent('[' + args.key + '/' + name + '] ' + words, { label: name })
const parts = await parallel(args.of.map((fact, n) => () => ask('part ' + n, 'Say otherwise: ' + fact)))
return { parts, whole: await ask('whole', 'Join: ' + parts.join('; ')), spent: budget.spent() > 0 }
`;

export const writeScripts = async ({ folder }: Project): Promise<void> => {
  const scripts = path.join(folder, '.everturn', 'workflows');
  await mkdir(scripts, { recursive: true });
  await writeFile(path.join(scripts, `${scriptName}.js`), source);
  await writeFile(path.join(scripts, `${scriptName}-part.js`), part);
};
