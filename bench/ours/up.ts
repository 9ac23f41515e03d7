import { ensureUp } from '../../cli/supervisor/ensure-up.ts';
import type { RunningStack } from '../../cli/supervisor/state.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { freePort } from '../../runtime/ports.ts';

const maxTries = 3;

/** `everturn up` on free ports, those of `variables`; once more where somebody else was faster at one. */
export const up = async (
  project: string,
  source: NodeJS.ProcessEnv,
  variables: readonly string[],
): Promise<RunningStack> => {
  for (let tries = 1; ; tries += 1) {
    const ports: Record<string, string> = {};
    for (const variable of variables) ports[variable] = String(await freePort());
    try {
      return await ensureUp({ project, source: { ...source, ...ports } });
    } catch (error) {
      if (!(error instanceof EverturnError) || error.code !== 'port_taken' || tries === maxTries) throw error;
    }
  }
};
