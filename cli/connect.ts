import { type ApiClient, createApiClient } from '../client/api.ts';
import { EverturnError } from '../contracts/errors.ts';
import { harmless } from './screen/style.ts';
import { ensureUp, projectOf } from './supervisor/ensure-up.ts';
import { type Report, wordsOf } from './supervisor/report.ts';
import { requireRunning } from './supervisor/state.ts';

export type Connection = {
  api: ApiClient;
  /** Of the API and the console, without a slash at the end. */
  url: string;
};

/**
 * The API of EVERTURN_API_URL where it is set, otherwise of this folder's stack, as the user of EVERTURN_TOKEN (otherwise of the
 * stack's own token). `start` brings that stack up when it is down, with its progress on standard error. Throws
 * `not_running` without it.
 */
export const connect = async ({ start = false }: { start?: boolean } = {}): Promise<Connection> => {
  const asked = fromEnvironment(process.env);
  const { apiUrl, token } = asked ?? (await localStack(start, process.env.EVERTURN_TOKEN));
  return { api: createApiClient({ baseUrl: apiUrl, token }), url: apiUrl };
};

const fromEnvironment = ({ EVERTURN_API_URL: url, EVERTURN_TOKEN: token }: NodeJS.ProcessEnv) => {
  if (!url) return null;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new EverturnError(
      'config_invalid',
      `Cannot use EVERTURN_API_URL "${url}": it is not an HTTP address. Set it to one such as http://127.0.0.1:4100`,
    );
  }
  if (!token) {
    throw new EverturnError(
      'config_invalid',
      `Cannot use the API at ${url}: EVERTURN_API_URL is set but EVERTURN_TOKEN is not. Set it to the token of that stack (its .everturn/token)`,
    );
  }
  return { apiUrl: url.replace(/\/+$/, ''), token };
};

const localStack = async (start: boolean, token: string | undefined) => {
  const report = (report: Report): void => {
    if (report.type !== 'ready') process.stderr.write(harmless(`${wordsOf(report)}\n`));
  };
  const running = start ? await ensureUp({ report }) : requireRunning(projectOf({}));
  return { apiUrl: running.apiUrl, token: token || running.token };
};
