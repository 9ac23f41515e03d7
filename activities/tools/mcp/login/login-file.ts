import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readOwnFile } from '../../../../files/own-file.ts';
import { conventionalFolder } from '../../../../files/places.ts';

/** What the SDK gives is kept as it gave it. */
const Login = z.object({
  url: z.string(),
  redirectUrl: z.string().optional(),
  client: z.looseObject({ client_id: z.string() }).optional(),
  tokens: z.looseObject({ access_token: z.string(), token_type: z.string() }).optional(),
  discovery: z.looseObject({ authorizationServerUrl: z.string() }).optional(),
});
type Login = z.infer<typeof Login>;

const staleMs = 60_000;
const lookMs = 50;

const loginsFolder = (): string => path.join(conventionalFolder('config'), 'mcp-logins');

/** A person's login at one address: a file in their home that they alone can read. No other address ever gets it. */
export const openLogin = (url: string, folder = loginsFolder()) => {
  const file = path.join(folder, `${createHash('sha256').update(url).digest('hex').slice(0, 24)}.json`);
  const lock = `${file}.lock`;

  const takeLock = (): boolean => {
    try {
      writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const found = statSync(lock, { throwIfNoEntry: false });
      // Its process was killed.
      if (found && Date.now() - found.mtimeMs > staleMs) rmSync(lock, { force: true });
      return false;
    }
  };

  const makeFolder = (): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });

  return {
    file,

    /** Null where there is none. Throws where somebody else could have written it, or read it. */
    read(): Login | null {
      const found = readOwnFile(file);
      if ('absent' in found) return null;
      if ('refused' in found) throw new Error(`the login in ${file} is not used: ${found.refused}`);
      const { data } = Login.safeParse(JSON.parse(found.text));
      return data?.url === url ? data : null;
    },

    change(change: Partial<Login>): void {
      makeFolder();
      const whole: Login = { ...this.read(), ...change, url };
      const temporary = `${file}.${randomUUID()}`;
      writeFileSync(temporary, JSON.stringify(whole), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, file);
    },

    /** Says whether there was one. */
    remove(): boolean {
      const isThere = this.read() !== null;
      rmSync(file, { force: true });
      return isThere;
    },

    /** One process at a time: a refresh token that is used twice ends the login. */
    async alone<Result>(work: () => Promise<Result>): Promise<Result> {
      makeFolder();
      while (!takeLock()) await delay(lookMs);
      try {
        return await work();
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
};

export type LoginFile = ReturnType<typeof openLogin>;
