import type { Command } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import { untrusted } from '../../contracts/untrusted.ts';
import { useProxies } from '../../runtime/proxies.ts';
import { loadTrustedConfig } from '../../trust/config.ts';
import type { ModelProbe, Verdict } from '../../worker/check-model.ts';
import { exitCodes } from '../exit.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { foldersOf } from '../supervisor/folders.ts';
import { findRunning, readState } from '../supervisor/state.ts';

const limitMs = 600_000;

export const addModels = (program: Command): void => {
  program
    .command('models')
    .description('check the models of everturn.yaml')
    .command('check')
    .argument('[name]', 'the name of a model (default: the first of everturn.yaml)')
    .description('send about ten short requests to a configured model and print what it supports')
    .option('--json', 'one JSON line')
    .action((name: string | undefined, options: JsonOption) => check(name, options));
};

const check = (name: string | undefined, options: JsonOption): Promise<void> =>
  runCommand(options, async () => {
    const { checkConfiguredModel } = await import('../../worker/check-model.ts');
    useProxies(process.env);
    const project = projectOf({});
    const { config, ignored } = loadTrustedConfig(project);
    if (ignored) throw untrusted('ask the models of everturn.yaml');
    const offline = config.models.length === 0;
    const found = await checkConfiguredModel(config, name, offline ? offlineUrl(project) : undefined, {
      project,
      signal: AbortSignal.timeout(limitMs),
    });
    createPrint(options)(wordsFor(found), { type: 'model', offline, ...found });
    if (!found.answered || found.tools !== 'called') process.exitCode = exitCodes.failure;
  });

const offlineUrl = (project: string): string => {
  const port = readState(foldersOf(project).state).ports.offlineModel;
  if (findRunning(project) && port !== undefined) return `http://127.0.0.1:${port}/v1`;
  throw new EverturnError(
    'not_running',
    'Cannot ask the model: everturn.yaml names none, so it is the offline one, which runs with the stack. Start it with "npx everturn up", or name a model in everturn.yaml',
  );
};

const toolWords: Record<ModelProbe['tools'], string> = {
  called: 'yes',
  ignored: 'no: it did not call the requested tool, so it cannot work on files',
  refused: 'no: it refuses requests that offer tools, so it cannot work on files',
};

const answerWords: Record<Verdict['answer'], string> = { yes: 'yes', no: 'no', refused: 'refused', unknown: 'unknown' };

const told = ({ answer, note }: Verdict): string =>
  note === null ? answerWords[answer] : `${answerWords[answer]}: ${note}`;

const usageWords = ({ usage }: ModelProbe): string =>
  usage ? `yes: ${usage.input} tokens in, ${usage.output} out` : 'not reported: counts will be estimates';

const timeWords = ({ firstTokenMs, totalMs }: ModelProbe): string =>
  `${firstTokenMs === null ? '' : `${Math.round(firstTokenMs)} ms to the first token, `}${Math.round(totalMs)} ms in all`;

const rowsOf = (probe: ModelProbe): [string, string][] => [
  ['Model', probe.name === probe.model ? probe.model : `${probe.name} (${probe.model})`],
  ['Dialect', probe.dialect],
  ['Answer', probe.answered ? JSON.stringify(probe.answer) : 'none'],
  ['Streaming', probe.streaming ? 'yes' : 'no: replies come in one piece'],
  ['Tools', toolWords[probe.tools]],
  ['Parallel tools', told(probe.parallelTools)],
  ['Structured output', told(probe.structuredOutput)],
  ['Reasoning', told(probe.reasoning)],
  ['Reasoning must go back', told(probe.reasoningMustReturn)],
  ['Images', told(probe.images)],
  ['Usage', usageWords(probe)],
  ['Cached tokens', told(probe.cachedTokens)],
  ['Context window', probe.contextTokens === null ? 'not told' : `${probe.contextTokens} tokens`],
  ['Left out of requests', probe.leftOut.length > 0 ? probe.leftOut.join(', ') : 'nothing'],
  ['Time', timeWords(probe)],
];

const wordsFor = (probe: ModelProbe): string =>
  rowsOf(probe)
    .map(([name, value]) => `${name.padEnd(24)}${harmless(value)}`)
    .join('\n');
