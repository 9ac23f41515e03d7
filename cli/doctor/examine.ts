import { EverturnError } from '../../contracts/errors.ts';
import { countGrants } from '../../contracts/trust.ts';
import { readStackEnvironment } from '../../runtime/env.ts';
import { loadTrustedConfig, type TrustedConfig } from '../../trust/config.ts';
import { openTrust } from '../../trust/trust.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { type Folders, foldersOf } from '../supervisor/folders.ts';
import { openRecord } from '../supervisor/record.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { checkCommands } from './commands.ts';
import { checkModelKeys } from './configuration.ts';
import { checkDisk, checkNode, checkRipgrep } from './machine.ts';
import { checkDataFolder, checkPostgres } from './postgres.ts';
import { checkPorts, checkStack } from './stack.ts';
import { checkTemporal } from './temporal.ts';

/** Everything there is to say about this machine and this project. Changes nothing. */
export const examine = async (source: NodeJS.ProcessEnv = process.env): Promise<Check[]> => {
  const folders = foldersOf(projectOf({ source }));
  const about = (name: string, check: () => Promise<Check | Check[]> | Check | Check[]) => guarded(name, check);
  const machine = await Promise.all([
    about('Node', checkNode),
    about('ripgrep', checkRipgrep),
    about('disk', () => checkDisk(folders)),
    about('data', () => checkDataFolder(folders)),
    about('stack', () => checkStack(folders)),
    about('trust', () => checkTrust(folders, source)),
  ]);
  return [...machine.flat(), ...(await examineConfigured(folders, source))];
};

const checkTrust = ({ project }: Folders, source: NodeJS.ProcessEnv): Check => {
  const { trusted, grants } = openTrust(project, source).state();
  if (trusted) return ok('trust', grants.length === 0 ? 'nothing here needs it' : `given: ${countGrants(grants)}`);
  return warn('trust', `not given; waiting: ${countGrants(grants)}`, 'See and allow it with "npx everturn trust"');
};

const examineConfigured = async (folders: Folders, source: NodeJS.ProcessEnv): Promise<Check[]> => {
  const loaded = attempt(() => loadTrustedConfig(folders.project, source));
  const config = loaded instanceof Error ? loaded : loaded.config;
  const env = attempt(() => readStackEnvironment(source));
  const checks: Check[] = [];
  if (loaded instanceof Error) checks.push(asCheck('everturn.yaml', loaded));
  else checks.push(fileCheck(loaded), ...checkModelKeys(loaded.config, source));
  if (env instanceof Error) return [...checks, asCheck('environment', env)];
  const servers = [guarded('Postgres', () => checkPostgres(env)), guarded('Temporal', () => checkTemporal(env))];
  checks.push(...(await Promise.all(servers)).flat());
  if (config instanceof Error) return checks;
  checks.push(...(await guarded('commands', () => checkCommands(folders.project, config))));
  const record = openRecord(folders.state);
  return [...checks, ...(await guarded('port', () => checkPorts({ env, config, record, folders })))];
};

const fileCheck = ({ ignored }: TrustedConfig): Check =>
  ignored
    ? warn('everturn.yaml', 'is not used: you have not trusted what it would allow', 'See it with "npx everturn trust"')
    : ok('everturn.yaml', 'is fine');

const attempt = <T>(work: () => T): T | Error => {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
};

const guarded = async (name: string, check: () => Promise<Check | Check[]> | Check | Check[]): Promise<Check[]> => {
  try {
    return [await check()].flat();
  } catch (error) {
    return [asCheck(name, error as Error)];
  }
};

/** Our own errors say what to do in their message. */
const asCheck = (name: string, error: Error): Check =>
  fail(name, error.message, error instanceof EverturnError ? 'As it says' : 'This is a defect of Everturn: report it');
