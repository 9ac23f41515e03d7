import { EverturnError } from '../contracts/errors.ts';
import { readBounded } from '../files/read-bounded.ts';
import type { TemporalEnvironment } from './env.ts';

/** Fits `Connection.connect` of @temporalio/client and `NativeConnection.connect` of @temporalio/worker alike. */
export type TemporalConnectionOptions = {
  address: string;
  tls?: boolean | TemporalTls;
  apiKey?: string;
};
type TemporalTls = {
  serverNameOverride?: string;
  serverRootCACertificate?: Buffer;
  clientCertPair?: { crt: Buffer; key: Buffer };
};

/** How to reach the server that the environment names. Throws `config_invalid` for a certificate that cannot be read. */
export const temporalConnectionOptions = (env: TemporalEnvironment): TemporalConnectionOptions => {
  const tls = tlsOf(env);
  return {
    address: env.TEMPORAL_ADDRESS,
    ...(tls === undefined ? {} : { tls }),
    ...(env.TEMPORAL_API_KEY === undefined ? {} : { apiKey: env.TEMPORAL_API_KEY }),
  };
};

/** An API key or a certificate asks for TLS by itself, unless it is switched off. */
const tlsOf = (env: TemporalEnvironment): boolean | TemporalTls | undefined => {
  if (env.TEMPORAL_TLS === 'false') return false;
  const { TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key, TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_SERVER_NAME: name } = env;
  const details: TemporalTls = {
    ...(name === undefined ? {} : { serverNameOverride: name }),
    ...(ca === undefined ? {} : { serverRootCACertificate: readPem('TEMPORAL_TLS_CA', ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: readPem('TEMPORAL_TLS_CERT', cert), key: readPem('TEMPORAL_TLS_KEY', key) } }),
  };
  if (Object.keys(details).length > 0) return details;
  return env.TEMPORAL_TLS === 'true' || env.TEMPORAL_API_KEY !== undefined ? true : undefined;
};

const readPem = (variable: string, file: string): Buffer => {
  try {
    return readBounded(file, { most: 1_000_000 });
  } catch (cause) {
    throw new EverturnError(
      'config_invalid',
      `Cannot read ${file} (named by ${variable}): ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
};
