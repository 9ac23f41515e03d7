import { createServer } from 'node:http';
import { DefaultLogger, MetricsBuffer, Runtime } from '@temporalio/worker';

const measured = 'workflow_task_execution_latency';

/**
 * Installs a runtime that keeps how long each workflow task of workflows of a type took in this process: from the moment the worker
 * has it, over replay and decoding, to its answer. `GET` gives the milliseconds since the last one.
 */
export const serveTaskTimes = async (port: number, type: string): Promise<void> => {
  const buffer = new MetricsBuffer({ maxBufferSize: 100_000 });
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { metrics: { buffer } },
  });
  const server = createServer((_, response) => {
    const times = [...buffer.retrieveUpdates()].flatMap(({ metric, value, attributes }) =>
      metric.name.endsWith(measured) && attributes.workflow_type === type ? [value] : [],
    );
    response.end(JSON.stringify(times));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  server.unref();
};
