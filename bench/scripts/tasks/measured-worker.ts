import { randomBytes } from 'node:crypto';
import { workerFlags } from '../../../cli/supervisor/context.ts';
import { runWorkflowId } from '../../../contracts/ids.ts';
import { scriptsQueue } from '../../../contracts/temporal.ts';
import { openDefinitions } from '../../../definitions/definitions.ts';
import { createFindScript } from '../../../definitions/find-script.ts';
import { freePort } from '../../../runtime/ports.ts';
import { type NewRun, runQueries } from '../../../store/runs.ts';
import { openStore } from '../../../store/store.ts';
import type { ScriptInput } from '../../../workflows/script/messages.ts';
import type { Field } from '../field.ts';
import type { ScriptName } from '../scripts.ts';
import { fetchTaskTimes, type MeasuredWorker } from './task-times.ts';

/** A worker of scripts beside the stack's, on a queue of its own; the agents are the stack's. */
export const startMeasuredWorker = async (
  { servers, stack, client }: Field,
  name: string,
  cached: number,
): Promise<MeasuredWorker> => {
  const port = await freePort();
  const entry = new URL('./script-worker-process.ts', import.meta.url);
  const env = {
    ...process.env,
    DATABASE_URL: stack.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    EVERTURN_PROJECT: stack.folder,
    EVERTURN_TASK_QUEUE: name,
    EVERTURN_LOG_LEVEL: 'warn',
    BENCH_CACHED: String(cached),
    BENCH_PORT: String(port),
  };
  const worker = await servers.startProgram(`scripts-${name}`, entry, env, workerFlags);
  const script: ScriptName = 'slow';
  const store = openStore({ url: stack.databaseUrl, patienceMs: 1000, max: 2 });
  const findScript = createFindScript(openDefinitions({ project: stack.folder }));

  return {
    pid: worker.pid,
    taskTimes: () => fetchTaskTimes(port),
    // Past the API, which knows the stack's own queue alone.
    async run(count) {
      const { file, definition } = await findScript(script);
      const { origin, source } = file;
      const id = `r_${randomBytes(12).toString('hex')}`;
      const run: NewRun = {
        id,
        kind: 'script',
        name: script,
        origin,
        file: file.file,
        source,
        definition,
        input: { count },
        workspace: stack.workspace,
        allow: [],
        trigger: 'manual',
        concurrency: count,
      };
      const input: ScriptInput = { runId: id, name: script, consoleUrl: '', agentsQueue: stack.taskQueue };
      // The stack ends a run whose workflow is not there, and starts one that nobody has: so the workflow is first, and waits.
      const workflow = await client.workflow.start<(input: ScriptInput) => Promise<void>>('script', {
        workflowId: runWorkflowId(id),
        taskQueue: scriptsQueue(name),
        args: [input],
        startDelay: '2 s',
      });
      await store.database.transaction(async (within) => {
        const runs = runQueries(within);
        await runs.create(run);
        await runs.acknowledge(id);
      });
      await workflow.result();
      const { output } = await stack.api.getRunOutput(id);
      if (output !== count) throw new Error(`Of ${count} agents ${JSON.stringify(output)} answered`);
      return runWorkflowId(id);
    },

    async stop(): Promise<void> {
      await worker.stop();
      await store.close();
    },
  };
};
