import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { searchAttributes } from '../contracts/temporal.ts';
import { whyNotListening } from './listens.ts';

/** Resolves to true when the server answers and knows our search attributes, to false when the signal comes first. */
export const untilServing = async (address: string, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    // gRPC waits a whole second after a refused connection: it is only asked once someone listens.
    if ((await whyNotListening(address, 1000)) === null && (await serves(address))) return true;
    await delay(15);
  }
  return false;
};

const serves = async (address: string): Promise<boolean> => {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1000 });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    return Object.values(searchAttributes).every((name) => name in (customAttributes ?? {}));
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
};
