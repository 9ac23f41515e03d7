import { searchAttributes } from '../contracts/temporal.ts';

/**
 * The server's HTTP API accepts requests of any web page, and cannot be switched off: it is given one host that it
 * serves, whose name no request can have.
 */
const closedToPages = { 'frontend.httpAllowedHosts': '["no host"]' };

/**
 * What makes the one-machine server fast, each measured on a turn of three activities. With none of it such a
 * turn takes 350 ms, with all of it 68 ms.
 */
export const dynamicConfig: Record<string, string> = {
  ...closedToPages,
  // The server has one history shard and polls its queues 20 times a second by default: after a short burst every
  // dispatch would wait 50 ms. 350 ms become 116 ms.
  'history.transferProcessorMaxPollRPS': '2000',
  'history.timerProcessorMaxPollRPS': '2000',
  'history.visibilityProcessorMaxPollRPS': '2000',
  // No timer fires sooner than this after it is set, and a retry is a timer: by default each takes a second, so that
  // clocks of several hosts may differ. Here there is one. A call that a dead worker held is given out again 1.0 s sooner.
  'history.timerProcessorMaxTimeShift': '"20ms"',
  // On in the SDK, off in the server: an activity goes back with the answer to the workflow task. 72 ms become 68 ms.
  'system.enableActivityEagerExecution': 'true',
};

/** 116 ms become 72 ms. */
const sqlitePragmas: Record<string, string> = {
  journal_mode: 'wal',
  // NORMAL: a crash of the process loses nothing, a power cut can lose the last moments of Temporal's state. What
  // was sealed is in Postgres and found again.
  synchronous: '1',
  busy_timeout: '5000',
};

/** An in-memory database has no choice of journal. */
export const tuningFlags = (dbFile: string | null): string[] => [
  ...Object.entries(dynamicConfig).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
  ...(dbFile === null ? [] : ['--db-filename', dbFile]),
  ...(dbFile === null ? [] : Object.entries(sqlitePragmas)).flatMap(([name, value]) => [
    '--sqlite-pragma',
    `${name}=${value}`,
  ]),
];

export const searchAttributeFlags = (): string[] =>
  Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
