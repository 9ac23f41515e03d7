import { createOfflineModel } from './server.ts';

/**
 * The process of the offline model. It continues when its parent dies, so that work in flight continues; the supervisor
 * of the next start ends it by SIGTERM.
 */
const readPort = (): number => {
  const text = process.env.EVERTURN_OFFLINE_MODEL_PORT ?? '0';
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(
    `Cannot start the offline model: EVERTURN_OFFLINE_MODEL_PORT is "${text}"; give a port from 0 to 65535`,
  );
};

try {
  const { EVERTURN_OFFLINE_MODEL_HOST: host, EVERTURN_OFFLINE_MODEL_NAME: name } = process.env;
  const model = await createOfflineModel({ port: readPort(), ...(host ? { host } : {}), name });
  const stop = (): void => void model.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The parent may be gone already; without it nothing waits for this.
  process.send?.({ type: 'ready', url: model.url }, () => undefined);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
  process.disconnect?.();
}
