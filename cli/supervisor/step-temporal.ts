import { type TemporalEnvironment, temporalOf } from '../../runtime/env.ts';
import { rotate } from '../../runtime/log-file.ts';
import { hiddenAddress } from '../../runtime/ports.ts';
import { temporalConnectionOptions } from '../../runtime/temporal.ts';
import { findTemporal } from '../../temporal/find.ts';
import type { FoundTemporal } from '../../temporal/locate.ts';
import { prepareTemporal } from '../../temporal/prepare.ts';
import { startTemporal } from '../../temporal/server.ts';
import { type Context, step } from './context.ts';
import { logOf } from './folders.ts';
import type { Keeper } from './keeper.ts';
import { temporalName } from './leftovers.ts';
import { onPorts } from './port-wishes.ts';

/** `keeper` is null for a server of the user's own. */
/** `uiUpstream`: where our UI listens, for the API to serve it. */
export type StackTemporal = { env: TemporalEnvironment; keeper: Keeper | null; uiUpstream: string | null };

export const bringUpTemporal = async (context: Context): Promise<StackTemporal> => {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = context.env;
  if (address === undefined) return startOwn(context);
  const env = temporalOf({ ...context.env, TEMPORAL_ADDRESS: address });
  await step(
    context,
    temporalName,
    () => prepareTemporal({ connection: temporalConnectionOptions(env), namespace }),
    () => `yours on ${address}, namespace ${namespace}`,
  );
  context.record.update({ temporalAddress: address, temporalUiUrl: env.TEMPORAL_UI_URL ?? null });
  return { env, keeper: null, uiUpstream: null };
};

const startOwn = async (context: Context): Promise<StackTemporal> => {
  const { report, signal } = context;
  const progress = (words: string) => report({ type: 'progress', step: temporalName, words });
  const found = await findTemporal({ progress, signal });
  return onPorts(context, ['temporal'], (port) => startOn(context, found, port));
};

const startOn = async (
  context: Context,
  { path: binary, source }: FoundTemporal,
  port: number,
): Promise<StackTemporal> => {
  const { folders, record } = context;
  const log = logOf(folders, temporalName);
  // Its page trusts everyone who reaches it, so it listens where no web page finds it, and the API serves it on the usual port.
  const ui = await hiddenAddress();
  if (ui === null) {
    const words = 'without Temporal UI: on this system a web page could reach it (docs/operating.md)';
    context.report({ type: 'progress', step: temporalName, words });
  }
  const start = (spawned: (pid: number) => void) => {
    rotate(log);
    return startTemporal({
      binary,
      dbFile: folders.temporalDb,
      port,
      uiPort: ui?.port ?? null,
      ...(ui ? { uiIp: ui.ip } : {}),
      log,
      onSpawn: spawned,
    });
  };
  const keeper = await step(
    context,
    temporalName,
    () => context.keep({ name: temporalName, log, start }),
    () => `on 127.0.0.1:${port}, from ${source === 'path' ? binary : `the ${source}`}`,
  );
  const env: TemporalEnvironment = {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    TEMPORAL_NAMESPACE: 'default',
  };
  record.update({ temporalAddress: env.TEMPORAL_ADDRESS, temporalUiUrl: null });
  return { env, keeper, uiUpstream: ui && `http://${ui.ip}:${ui.port}` };
};
