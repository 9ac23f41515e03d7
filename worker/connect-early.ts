import { NativeConnection } from '@temporalio/worker';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';

/** For a process that may wait before it is needed. Null where Temporal is away now: it may be there by then. */
export const connectEarly = async (temporal: TemporalConnectionOptions): Promise<NativeConnection | null> => {
  try {
    return await NativeConnection.connect(temporal);
  } catch {
    return null;
  }
};
