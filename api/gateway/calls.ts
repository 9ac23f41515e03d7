import {
  type Client,
  type Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { EverturnError } from '../../contracts/errors.ts';
import { searchAttributes } from '../../contracts/temporal.ts';

/** What the parts of the gateway call Temporal with. */
export type Calls = {
  client: Client;
  taskQueue: string;
  /** The identity of the project whose definitions are served. */
  project: string;
  consoleUrl: string;
  /** Throws `temporal_unavailable` if Temporal does not answer in time; the call may still take effect. */
  within<Result>(action: string, call: () => Promise<Result>): Promise<Result>;
};

/** Some calls of the client wrap what gRPC says. */
const isUnavailable = (error: unknown): boolean =>
  isGrpcServiceError(error) ||
  (error instanceof ServiceError && isGrpcServiceError(error.cause)) ||
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;

export const createWithin =
  (connection: Connection, deadlineMs: number): Calls['within'] =>
  async (action, call) => {
    try {
      return await connection.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      throw new EverturnError('temporal_unavailable', `Cannot ${action} now: Temporal or its workers do not answer`, {
        cause: error,
      });
    }
  };

/** `isAgain`: in place of the workflow that has or had this id. Default: where there is or was one, nothing happens. */
export type StartOptions = { isAgain?: boolean };

export const startPolicy = ({ isAgain = false }: StartOptions) =>
  isAgain
    ? ({ workflowIdReusePolicy: 'ALLOW_DUPLICATE', workflowIdConflictPolicy: 'TERMINATE_EXISTING' } as const)
    : ({ workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const);

/** False when there is no such workflow, or it has ended. */
export const isFound = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};

export const attributesOf = (labels: Partial<Record<keyof typeof searchAttributes, string>>) =>
  Object.entries(labels).map(([name, value]) => ({
    key: defineSearchAttributeKey(searchAttributes[name as keyof typeof searchAttributes], 'KEYWORD'),
    value,
  }));
