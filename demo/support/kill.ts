import { goneWithin, identify } from '../../runtime/processes.ts';
import { now } from './clock.ts';

/** kill -9 of each, at once; resolves when they are gone, with the time of the kill. Null when none was there. */
export const killNow = async (...pids: readonly number[]): Promise<number | null> => {
  const dying = pids.flatMap((pid) => identify(pid) ?? []);
  if (dying.length === 0) return null;
  const at = now();
  for (const { pid } of dying) process.kill(pid, 'SIGKILL');
  await Promise.all(dying.map((identity) => goneWithin(identity, 10_000)));
  return at;
};
