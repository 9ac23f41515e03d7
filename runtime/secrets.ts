// biome-ignore lint/style/noRestrictedImports: a pipe of ours, and a file of the operator that is checked here.
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';

/**
 * The environment of a process can be read by every process of the same user, for as long as it lives. So secrets are
 * not in it: the supervisor hands them over by a pipe, others may by a file, and either is read once.
 */
export const pipeVariable = 'EVERTURN_SECRETS_FD';
const fileVariable = 'EVERTURN_SECRETS_FILE';

const maxBytes = 1_000_000;
const Variables = z.record(z.string(), z.string());

const invalid = (why: string, cause?: unknown): EverturnError => new EverturnError('config_invalid', why, { cause });

const readPipe = (text: string): Record<string, string> => {
  const fd = Number(text);
  if (!Number.isInteger(fd) || fd < 3) throw invalid(`Cannot read secrets: ${pipeVariable} is not a file descriptor`);
  try {
    const secrets = Variables.parse(JSON.parse(readFileSync(fd, 'utf8')));
    closeSync(fd);
    return secrets;
  } catch (cause) {
    throw invalid(`Cannot read secrets from the file descriptor ${fd}: it holds no JSON map of strings`, cause);
  }
};

/** Lines `NAME=value`, as in a .env file. Removed when it has been read. */
const readSecretsFile = (file: string): Record<string, string | undefined> => {
  const refuse = (why: string, cause?: unknown) => invalid(`Cannot read ${fileVariable}=${file}: ${why}`, cause);
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const { mode, size, uid } = fstatSync(fd);
      if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > maxBytes)
        throw refuse('it is not a file of variables');
      if ((mode & 0o077) !== 0 || uid !== process.getuid?.())
        throw refuse('others may read it; give it mode 600 and this user');
      const variables = parseEnv(readFileSync(fd, 'utf8'));
      rmSync(file);
      return variables;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw error instanceof EverturnError ? error : refuse((error as Error).message, error);
  }
};

/**
 * The variables of this process, with the secrets that it was handed. Reads them at the first call: ask once, at start.
 * Throws `config_invalid`.
 */
export const readSource = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => {
  const { [pipeVariable]: pipe, [fileVariable]: file, ...rest } = env;
  return { ...rest, ...(file ? readSecretsFile(file) : {}), ...(pipe ? readPipe(pipe) : {}) };
};
