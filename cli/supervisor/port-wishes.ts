import { isPortFree } from '../../runtime/ports.ts';
import type { Context } from './context.ts';
import { choosePort, type PortWish } from './ports.ts';
import type { Ports } from './state.ts';

const usualPorts: Required<Ports> = { api: 4100, postgres: 5433, temporal: 7233, temporalUi: 8233, offlineModel: 4101 };

export type PortContext = Pick<Context, 'env' | 'config' | 'record'>;
export const portNames = Object.keys(usualPorts) as (keyof Ports)[];

/** Who listens there, for messages. */
const purposes: Required<Record<keyof Ports, string>> = {
  api: 'the API',
  postgres: 'Postgres',
  temporal: 'Temporal',
  temporalUi: 'the Temporal UI',
  offlineModel: 'the offline model',
};

/** Chosen ports go to the state file at once, for the next start. */
export const portChooser = (context: PortContext): Context['port'] => {
  const { record } = context;
  const given = new Map<keyof Ports, number>();
  return async (name) => {
    const others = [...given].filter(([other]) => other !== name).map(([, port]) => port);
    const port = await choosePort({ purpose: purposes[name], ...wishOf(context, name) }, new Set(others));
    given.set(name, port);
    record.update({ ports: { ...record.read().ports, [name]: port } });
    return port;
  };
};

const attempts = 5;

/**
 * Starts something on our ports. Another stack can take one between its choice and its use: then others are
 * chosen, or `port_taken` is thrown for one that was asked for.
 */
export const onPorts = async <const Names extends readonly (keyof Ports)[], T>(
  { port }: Pick<Context, 'port'>,
  names: Names,
  start: (...ports: { [Index in keyof Names]: number }) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const ports: number[] = [];
    for (const name of names) ports.push(await port(name));
    try {
      return await start(...(ports as { [Index in keyof Names]: number }));
    } catch (error) {
      const free = await Promise.all(ports.map((port) => isPortFree(port)));
      if (attempt === attempts || !free.includes(false)) throw error;
    }
  }
};

export const wishOf = ({ env, config, record }: PortContext, name: keyof Ports): Omit<PortWish, 'purpose'> => {
  const { server } = config;
  const wishes: Record<keyof Ports, PortWish['asked']> = {
    api: asked(env.EVERTURN_API_PORT, 'EVERTURN_API_PORT', server.port, 'port'),
    postgres: asked(env.EVERTURN_POSTGRES_PORT, 'EVERTURN_POSTGRES_PORT', server.postgresPort, 'postgresPort'),
    temporal: asked(env.EVERTURN_TEMPORAL_PORT, 'EVERTURN_TEMPORAL_PORT', server.temporalPort, 'temporalPort'),
    temporalUi: asked(
      env.EVERTURN_TEMPORAL_UI_PORT,
      'EVERTURN_TEMPORAL_UI_PORT',
      server.temporalUiPort,
      'temporalUiPort',
    ),
    offlineModel: null,
  };
  return { asked: wishes[name], remembered: record.read().ports[name], usual: usualPorts[name] };
};

/** The environment goes before everturn.yaml. */
const asked = (
  fromEnv: number | undefined,
  variable: string,
  fromFile: number | undefined,
  field: string,
): PortWish['asked'] => {
  if (fromEnv !== undefined) return { port: fromEnv, by: variable };
  return fromFile === undefined ? null : { port: fromFile, by: `server.${field} in everturn.yaml` };
};
