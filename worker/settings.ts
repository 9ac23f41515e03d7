import type { LoadImage } from '../activities/model/with-images.ts';
import { workerVariable } from '../activities/tools/orphans.ts';
import { offeredTools } from '../activities/tools/registry.ts';
import type { Config } from '../contracts/config.ts';
import type { ConfigChange } from '../contracts/config-changes.ts';
import { runDefaultsOf } from '../contracts/run-defaults.ts';
import { turnLimitsOf } from '../contracts/turn-limits.ts';
import type { FactsFiles } from '../definitions/model-facts.ts';
import { commandEnv } from './command-env.ts';
import { modelsOf } from './model.ts';
import type { WorkerSettings } from './worker.ts';

type Options = {
  facts: FactsFiles;
  config: Config;
  source: NodeJS.ProcessEnv;
  offlineUrl: string | undefined;
  workerId: string;
  configChanges: readonly ConfigChange[];
  loadImage: LoadImage;
};

/** What an agents' worker takes from everturn.yaml. Throws `config_invalid`. */
export const settingsOf = ({
  facts,
  config,
  source,
  offlineUrl,
  workerId,
  configChanges,
  loadImage,
}: Options): WorkerSettings => ({
  models: modelsOf(config, offlineUrl, { facts, variables: source, loadImage }),
  tools: offeredTools(config),
  commandEnv: { ...commandEnv(config.commandEnv, source), [workerVariable]: workerId },
  commandSeconds: config.limits.commandSeconds,
  turnLimits: turnLimitsOf(config.limits),
  context: config.context,
  autoFix: config.autoFix,
  allKeysMarked: config.limits.allKeysMarked,
  waitSeconds: config.limits.waitSeconds,
  subagentLimits: config.limits,
  agentsAtOnce: config.limits.scriptAgents,
  runDefaults: runDefaultsOf(config.limits),
  permissions: config.permissions,
  configChanges,
});
