import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { machineProgram } from '../../files/programs.ts';
import type { StackEnvironment } from '../../runtime/env.ts';
import { whyNotListening } from '../../temporal/listens.ts';
import { locateTemporal } from '../../temporal/locate.ts';
import { builtBinary, pinnedVersion } from '../../temporal/pinned.ts';
import { type Check, fail, ok, warn } from './check.ts';

const run = promisify(execFile);

/** Without fetching or building anything. */
export const checkTemporal = async ({ TEMPORAL_ADDRESS: address }: StackEnvironment): Promise<Check[]> => {
  if (address !== undefined) {
    const reason = await whyNotListening(address, 5_000);
    return [
      reason === null
        ? ok('Temporal', `yours on ${address} accepts connections`)
        : fail('Temporal', `yours on ${address}: ${reason}`, 'See that it runs, or unset TEMPORAL_ADDRESS'),
    ];
  }
  const { found, refused } = await locateTemporal();
  const passedOver = refused === null ? [] : [warn('Temporal', refused, 'It is skipped; nothing else is needed')];
  const go = await goVersion();
  if (found) return [...passedOver, ok('Temporal', found.path), ok('Go', go ?? 'not there, and not needed')];
  const first = `not here yet: the first start fetches version ${pinnedVersion()}`;
  if (go !== null) {
    return [
      ...passedOver,
      ok('Temporal', `${first}, or builds ${builtBinary()} with Go in some minutes`),
      ok('Go', go),
    ];
  }
  return [
    ...passedOver,
    warn('Temporal', first, 'Should that fail, install the Temporal CLI (https://docs.temporal.io/cli) or Go'),
    warn('Go', 'not there', 'Install Go 1.26 or later (https://go.dev/dl) if Temporal cannot be fetched'),
  ];
};

const goVersion = async (): Promise<string | null> => {
  const go = machineProgram('go');
  if (go === null) return null;
  try {
    return (await run(go, ['version'])).stdout.trim();
  } catch {
    return null;
  }
};
