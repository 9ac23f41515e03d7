import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const notFound = 5;
const alreadyExists = 6;
/** How long Temporal keeps what has ended: long enough to look at it, our record is in Postgres. */
const retention = '7 days';
/** A new namespace is known to all parts of the server within about ten seconds. */
const knownWithinMs = 60_000;

/** Makes the namespace where it is missing, and waits until it can be used. Resolves to whether it was made. */
export const ensureNamespace = async (
  { workflowService, operatorService }: Connection,
  namespace: string,
): Promise<boolean> => {
  if (await exists(() => workflowService.describeNamespace({ namespace }))) return false;
  await workflowService
    .registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(retention) })
    .catch((error: unknown) => {
      if (!isGrpcServiceError(error) || (error.code as number) !== alreadyExists) throw error;
    });
  const deadline = performance.now() + knownWithinMs;
  while (!(await exists(() => operatorService.listSearchAttributes({ namespace })))) {
    if (performance.now() > deadline) throw new Error(`the new namespace is not known after ${knownWithinMs / 1000} s`);
    await delay(250);
  }
  return true;
};

const exists = async (ask: () => Promise<unknown>): Promise<boolean> => {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === notFound) return false;
    throw error;
  }
};
