import { type Logger, pino } from 'pino';

export type { Logger };

/** Fields that hold secrets, wherever a caller puts them. */
const secretNames = ['authorization', 'Authorization', 'apiKey', 'api_key', 'token', 'password', 'cookie'];
const redact = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers.${name}`]);

/** One JSON line each, on standard output, which the supervisor leads to `.everturn/logs`. */
export const createLogger = ({ name, level }: { name: string; level: string }): Logger =>
  pino({
    name,
    level,
    redact: { paths: redact, censor: '(secret)' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
