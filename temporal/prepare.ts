import { Connection } from '@temporalio/client';
import { EverturnError } from '../contracts/errors.ts';
import { searchAttributes } from '../contracts/temporal.ts';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';
import { whyNotListening } from './listens.ts';
import { ensureNamespace } from './namespace.ts';

const keyword = 2;

export type PrepareOptions = {
  connection: TemporalConnectionOptions;
  namespace: string;
  /** Makes the namespace where it is missing. Default: false, so that a mistyped name is an error. */
  createNamespace?: boolean;
};

/**
 * Makes sure that a server we did not start knows the namespace and our search attributes.
 * Throws `temporal_unavailable` that says what an administrator must do where we may not.
 */
export const prepareTemporal = async (options: PrepareOptions): Promise<void> => {
  const { namespace, createNamespace = false } = options;
  const connection = await connect(options.connection);
  try {
    if (createNamespace) await ensureNamespace(connection, namespace);
    await registerSearchAttributes(connection, namespace);
  } catch (cause) {
    const { details = String(cause) } = cause as { details?: string };
    throw new EverturnError(
      'temporal_unavailable',
      `Cannot prepare namespace "${namespace}" on ${options.connection.address}: ${details}. See that it is there ("npx everturn prepare" makes it on a server of your own), and let its administrator create these search attributes, of type Keyword: ${Object.values(searchAttributes).join(', ')}`,
      { cause },
    );
  } finally {
    await connection.close();
  }
};

const registerSearchAttributes = async ({ operatorService }: Connection, namespace: string): Promise<void> => {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  const added = Object.fromEntries(missing.map((name) => [name, keyword]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes: added });
};

const connect = async (options: TemporalConnectionOptions): Promise<Connection> => {
  // gRPC would retry until its deadline if nothing listens.
  const refused = await whyNotListening(options.address, 5_000);
  if (refused !== null) throw unreachable(options, refused);
  try {
    return await Connection.connect({ ...options, connectTimeout: 10_000 });
  } catch (cause) {
    throw unreachable(options, (cause as Error).message, cause);
  }
};

const unreachable = ({ address }: TemporalConnectionOptions, reason: string, cause?: unknown): EverturnError =>
  new EverturnError(
    'temporal_unavailable',
    `Cannot reach Temporal on ${address} (TEMPORAL_ADDRESS): ${reason}. See that it runs and that TEMPORAL_TLS and TEMPORAL_API_KEY fit it`,
    { cause },
  );
