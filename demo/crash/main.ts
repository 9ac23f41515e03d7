import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { openDemo } from '../support/demo.ts';
import { finish } from '../support/report.ts';
import { readCrashOptions } from './options.ts';
import { programOf } from './program.ts';
import { faultsOf, printTable } from './report.ts';
import { playScenario } from './scenario.ts';
import type { Verdict } from './verdict.ts';

const options = readCrashOptions();
const demo = await openDemo({ openModel: createScriptedModel, keep: options.keep });
const { stack, model, faults, progress } = demo;
const verdicts: Verdict[] = [];

const play = async (): Promise<void> => {
  for (const plan of programOf(options)) {
    const name = `kill -9 of ${plan.killed.join(', ')}: ${plan.moment}`;
    demo.throwIfInterrupted();
    progress(name);
    try {
      verdicts.push(await playScenario({ stack, model }, plan));
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
      if (!stack.isUp()) await stack.up();
    }
  }
};

await demo.run({ play });
finish(options, { verdicts }, [...faultsOf(verdicts), ...faults], () => printTable(verdicts));
