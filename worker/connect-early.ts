import { NativeConnection } from '@temporalio/worker';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';

/** Null if Temporal cannot be reached now: a spare worker connects later, when it is needed. */
export const connectEarly = async (temporal: TemporalConnectionOptions): Promise<NativeConnection | null> => {
  try {
    return await NativeConnection.connect(temporal);
  } catch {
    return null;
  }
};
