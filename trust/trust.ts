import path from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';
import { type ChangedFile, Grant, type TrustedFolder, type TrustState } from '../contracts/trust.ts';
import type { Look } from '../definitions/look.ts';
import { isTrustedByEnvironment } from './by-environment.ts';
import { type Content, openContent } from './content.ts';
import { allRecords, readRecord, realFolder, removeRecord, writeRecord } from './home.ts';

/** What a user has trusted: kept in their home, by the folder's real path. */
const TrustRecord = z.object({
  folder: z.string(),
  trustedAt: z.iso.datetime(),
  hash: z.string(),
  files: z.record(z.string(), z.string()),
  grants: z.array(Grant),
});
type TrustRecord = z.infer<typeof TrustRecord>;

export type Trust = {
  state(): TrustState;
  /** For a moment: what of the project may be used now. */
  look(): Look;
  /** Trusts this content. Throws `trust_changed` when it is not what is there now. */
  give(hash: string): TrustState;
  /** Says whether there was trust to take away. */
  revoke(): boolean;
};

/** The trust of a user in a project. Both the content and the records of trust are read on each call. */
export const openTrust = (project: string, source: NodeJS.ProcessEnv = process.env): Trust => {
  const folder = realFolder(project);
  const content = openContent(path.resolve(project));
  const byEnvironment = isTrustedByEnvironment(source);

  const state = (): TrustState => stateOf(folder, content(), recordOf(project), byEnvironment);

  return {
    state,
    look: () => {
      const now = content();
      const { trusted } = stateOf(folder, now, recordOf(project), byEnvironment);
      return {
        whole: trusted,
        knows: (file, hash) => {
          if (byEnvironment) return true;
          // A harmless file is not among them: it may be used with whatever is trusted.
          const known = now.files.get(path.relative(path.resolve(project), path.resolve(file)));
          return trusted && (known === undefined || known === hash);
        },
      };
    },
    give: (hash) => {
      const now = content();
      if (now.hash !== hash) {
        throw new EverturnError(
          'trust_changed',
          `Cannot trust ${folder}: its content has changed since it was shown. Look at it again`,
        );
      }
      const record: TrustRecord = {
        folder,
        trustedAt: new Date().toISOString(),
        hash,
        files: Object.fromEntries(now.files),
        grants: now.grants,
      };
      writeRecord(project, 'trust', record);
      return state();
    },
    revoke: () => removeRecord(project, 'trust'),
  };
};

const recordOf = (project: string): TrustRecord | null => {
  const { data } = TrustRecord.safeParse(readRecord(project, 'trust'));
  return data?.folder === realFolder(project) ? data : null;
};

const stateOf = (
  folder: string,
  { files, grants, hash }: Content,
  record: TrustRecord | null,
  byEnvironment: boolean,
): TrustState => {
  const isSame = record?.hash === hash;
  return {
    folder,
    trusted: byEnvironment || isSame || grants.length === 0,
    by: byEnvironment ? 'environment' : isSame ? 'person' : null,
    hash,
    changed: changedFiles(files, new Map(Object.entries(record?.files ?? {}))),
    grants,
    gone: (record?.grants ?? []).filter((old) => !grants.some((grant) => isEqual(grant, old))),
  };
};

const isEqual = (one: Grant, other: Grant): boolean =>
  one.kind === other.kind && one.file === other.file && one.allows === other.allows;

const changedFiles = (now: ReadonlyMap<string, string>, then: ReadonlyMap<string, string>): ChangedFile[] => [
  ...[...now].flatMap(([file, hash]): ChangedFile[] => {
    const before = then.get(file);
    if (before === hash) return [];
    return [{ file, change: before === undefined ? 'new' : 'changed' }];
  }),
  ...[...then.keys()].flatMap((file): ChangedFile[] => (now.has(file) ? [] : [{ file, change: 'removed' }])),
];

/** All folders that this user has trusted. */
export const trustedFolders = (): TrustedFolder[] =>
  allRecords('trust').flatMap((record) => {
    const { data } = TrustRecord.safeParse(record);
    return data ? [{ folder: data.folder, trustedAt: data.trustedAt, grants: data.grants }] : [];
  });
