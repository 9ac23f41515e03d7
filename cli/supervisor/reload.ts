import { nameOfModel } from '../../contracts/config/models.ts';
import type { Config } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { openStore } from '../../store/store.ts';
import { watchConfig } from '../../trust/watch-config.ts';
import type { Context } from './context.ts';

/** Throws `config_invalid` for what only a new start could use. */
const checkUsable = ({ source }: Context, { keys, models }: Config, hasOffline: boolean): void => {
  if (models.length === 0 && !hasOffline) {
    throw new EverturnError(
      'config_invalid',
      'everturn.yaml names no model, and the offline one does not run: start the stack again to use it',
    );
  }
  for (const model of models) {
    const variable = keys[model.key]?.apiKeyEnv;
    if (variable === undefined || source[variable]) continue;
    throw new EverturnError(
      'config_invalid',
      `Cannot use the model ${nameOfModel(model)}: the stack was started without the environment variable ${variable}. Set it and start the stack again`,
    );
  }
};

/** Puts changes of everturn.yaml into use, in all processes of the stack. */
export const startReload = (context: Context, databaseUrl: string): { close(): Promise<void> } => {
  const { folders, source, config, record, report } = context;
  const store = openStore({ url: databaseUrl, patienceMs: 2000, max: 1 });
  const hasOffline = config.models.length === 0;
  const say = (words: string): void => report({ type: 'progress', step: 'everturn.yaml', words });
  const watch = watchConfig({
    project: folders.project,
    source,
    config,
    check: (next) => checkUsable(context, next, hasOffline),
    taken: async ({ config: next, changed, needsRestart }) => {
      const change = await store.configs.record({ fault: null, changed, needsRestart });
      record.update({ config: { at: change.at, fault: null, needsRestart } });
      context.reconfigure(next, change);
      const waits = needsRestart.length === 0 ? '' : `; ${needsRestart.join(', ')} from the next start on`;
      say(changed.length === 0 ? 'is the one in use again' : `read again: ${changed.join(', ')}${waits}`);
    },
    refused: async (fault) => {
      const { at } = await store.configs.record({ fault, changed: [], needsRestart: [] });
      const needsRestart = record.read().config?.needsRestart ?? [];
      record.update({ config: { at, fault, needsRestart } });
      say(`not used, the one before it stays: ${fault}`);
    },
  });
  return {
    close: async () => {
      await watch.stop();
      await store.close();
    },
  };
};
