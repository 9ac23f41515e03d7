import { z } from 'zod';

/** Something that a file of a project would allow, in words for a user. */
export const Grant = z.object({
  /** Such as `schedule`, `webhook`, `permissions`, `base URL`. */
  kind: z.string(),
  /** Relative to the project. */
  file: z.string(),
  allows: z.string(),
});
export type Grant = z.infer<typeof Grant>;

export const ChangedFile = z.object({ file: z.string(), change: z.enum(['new', 'changed', 'removed']) });
export type ChangedFile = z.infer<typeof ChangedFile>;

/** What a project folder brings, and whether the user has trusted it at this content. */
export const TrustState = z.object({
  /** Its real path. */
  folder: z.string(),
  /** True also for a folder that brings nothing. */
  trusted: z.boolean(),
  /** `environment`: EVERTURN_TRUST is set. Null: not trusted, or there is nothing to trust. */
  by: z.enum(['person', 'environment']).nullable(),
  /** Of the whole content: trust is given to this and nothing else. */
  hash: z.string(),
  /** What differs from what was trusted last; all files where nothing was. */
  changed: z.array(ChangedFile),
  grants: z.array(Grant),
  /** Grants of what was trusted last that this content no longer has. */
  gone: z.array(Grant),
});
export type TrustState = z.infer<typeof TrustState>;

export const GiveTrust = z.object({ hash: z.string().min(1).max(100) });

/** A folder that the user has trusted. */
export type TrustedFolder = { folder: string; trustedAt: string; grants: Grant[] };

/** How many grants there are of each kind: `2 schedules, 1 webhook`. */
export const countGrants = (grants: readonly Pick<Grant, 'kind'>[]): string =>
  [...Map.groupBy(grants, ({ kind }) => kind)]
    .map(([kind, { length }]) => `${length} ${plural(kind, length)}`)
    .join(', ');

const plural = (kind: string, count: number): string => (count === 1 || kind.endsWith('s') ? kind : `${kind}s`);
