import { relative } from 'node:path';
import { diffOf, withHunks } from '../../contracts/diff/hunks.ts';
import type { ChangeMode, FileChange } from '../../contracts/file-changes.ts';
import type { ChangeSet, EndedChange, FileState, StoredChange } from '../../store/file-changes.ts';
import { failed } from '../tools/failed.ts';
import type { InsidePath } from '../tools/jail.ts';
import { resolveInside } from '../tools/jail.ts';
import { quote } from '../tools/text.ts';
import type { ToolContext } from '../tools/tool.ts';
import { carrySet } from './carry-set.ts';
import { checkDrafts, contentsOf, type Draft, rowsOf, stepsOf } from './draft.ts';
import { lookAt, type Seen } from './look.ts';
import { nowDiff } from './now-diff.ts';
import type { ChangeQueue } from './queue.ts';
import { settleSet } from './settle-set.ts';
import { hashOf, textOf } from './texts.ts';
import { changed } from './write.ts';

/** `seen`: with the changes that are staged. `disk`: what is really there. */
export type Sight = { seen: Seen | null; disk: FileState | null };

export type Submitted = {
  state: 'applied' | 'staged' | 'refused';
  /** What the call says of itself. */
  words: string;
  /** Why it was refused. */
  reason: string | null;
  changes: FileChange[];
};

/** What a call of a tool does with files, in the queue of its session. */
export type Changes = {
  see(path: InsidePath): Promise<Sight>;
  /** Keeps other calls away from the workspace meanwhile. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What an attempt of this call that was cut off has submitted; its changes are carried out to the end. */
  earlier(): Promise<Submitted | undefined>;
  /** Refuses the call where a file is not what a user was asked about. */
  checkAsked(): Promise<Submitted | undefined>;
  submit(drafts: readonly Draft[], words: string): Promise<Submitted>;
  /** Applies what is staged in the session, or some of it. */
  applyStaged(ids: readonly string[] | undefined): Promise<Submitted>;
};

type ChangeCall = {
  sessionId: string;
  turn: number;
  step: number;
  call: number;
  tool: string;
  key: string;
  mode: ChangeMode;
};

type Where = Pick<ToolContext, 'workspace' | 'dataFolders'>;

const stateOf = ({ kind, state }: Pick<ChangeSet, 'kind' | 'state'>): Submitted['state'] =>
  state === 'refused' ? 'refused' : kind === 'stage' ? 'staged' : 'applied';

/** With only the hunks that a user approved. */
const narrowed = (draft: Draft, { chosen }: StoredChange): Draft => {
  const [before, after] = [draft.before && textOf(draft.before.bytes), draft.after && textOf(draft.after.bytes)];
  if (chosen === null || !draft.after || typeof before !== 'string' || typeof after !== 'string') return draft;
  return { ...draft, after: { ...draft.after, bytes: Buffer.from(withHunks(diffOf(before, after), new Set(chosen))) } };
};

const skippedOf = (asked: readonly StoredChange[], rows: readonly { hunks: number }[]): string => {
  const skipped = asked.flatMap(({ chosen, path }, index) => {
    const all = rows[index]?.hunks ?? 0;
    if (chosen === null || chosen.length >= all) return [];
    return [
      `A user approved ${chosen.length} of ${all} parts of the change to ${quote(path)}: the rest was not applied`,
    ];
  });
  return skipped.length === 0 ? '' : `. ${skipped.join('. ')}`;
};

export const createChanges = (queue: ChangeQueue, where: Where, call: ChangeCall): Changes => {
  const { sessionId, key, mode, turn, step, call: number, tool } = call;
  const place = { ...where, idempotencyKey: key };

  const see: Changes['see'] = async (path) => {
    const onDisk = await lookAt(path, where);
    const disk = onDisk && { hash: onDisk.hash, mode: onDisk.mode };
    if (mode !== 'stage') return { seen: onDisk, disk };
    const staged = await queue.staged(sessionId, relative(where.workspace, path.real));
    if (staged === undefined) return { seen: onDisk, disk };
    if (staged === null) return { seen: null, disk };
    const bytes = (await queue.contents(sessionId, [staged.hash])).get(staged.hash);
    return { seen: bytes ? { ...staged, bytes, otherNames: 0 } : onDisk, disk };
  };

  const submitted = async (set: ChangeSet): Promise<Submitted> => ({
    state: stateOf(set),
    words: set.words ?? '',
    reason: set.reason,
    changes: await queue.find(sessionId, set.changes),
  });

  const finished = async (): Promise<Submitted | undefined> => {
    const set = await queue.findSet(key);
    if (!set) return undefined;
    if (set.state === 'applying' && set.steps && set.kind !== 'stage') {
      await carrySet(queue, place, { ...set, kind: set.kind, steps: set.steps });
      return await finished();
    }
    return await submitted(set);
  };

  const ended = async (): Promise<Submitted> => {
    const end = await finished();
    if (!end) throw new Error(`The changes of ${key} are not in the queue`);
    return end;
  };

  /** Why a change is not what a user was asked about; null where it is. */
  const whyNot = async ({ path: target, from, baseHash }: StoredChange): Promise<string | null> => {
    const source = from ?? target;
    const seen = await lookAt(await resolveInside(where, source), where);
    if ((seen?.hash ?? null) === baseHash) return null;
    const base = baseHash === null ? null : ((await queue.contents(sessionId, [baseHash])).get(baseHash) ?? null);
    const why = changed(seen, baseHash === null ? null : { hash: baseHash, mode: seen?.mode ?? 0 });
    return `${why}: the user approved another diff, and nothing was written${nowDiff(source, base, seen)}`;
  };

  const apply = async (drafts: readonly Draft[], words: string, asked: readonly StoredChange[]): Promise<Submitted> => {
    const all = rowsOf(drafts, { key, turn, step, call: number, tool, approvalId: null });
    const chosen = drafts.map((draft, index) => (asked[index] ? narrowed(draft, asked[index]) : draft));
    await queue.putContents(sessionId, contentsOf(chosen));
    const steps = chosen.flatMap((draft, index) =>
      stepsOf({
        ...draft,
        before: draft.disk,
        after: draft.after && { hash: hashOf(draft.after.bytes), mode: draft.after.mode },
      }).map((one) => ({ ...one, change: all[index]?.id ?? '' })),
    );
    const begun = await queue.begin({
      key,
      sessionId,
      kind: 'apply',
      words: words + skippedOf(asked, all),
      steps,
      add: all,
      changes: all.map(({ id }) => id),
    });
    if (!begun) throw failed('someone has decided about it in the meantime; read the file again');
    return await ended();
  };

  return {
    see,
    exclusively: (work) => queue.locked(where.workspace, work),
    earlier: finished,

    async checkAsked() {
      const asked = await queue.asked(key);
      const conflicts: EndedChange[] = [];
      for (const one of asked) {
        const reason = await whyNot(one);
        if (reason !== null) conflicts.push({ id: one.id, state: 'conflict', reason });
      }
      const [first] = conflicts;
      if (!first) return undefined;
      const rest = asked.filter(({ id }) => conflicts.every((conflict) => conflict.id !== id));
      await queue.end({
        key,
        sessionId,
        kind: 'apply',
        state: 'refused',
        reason: first.reason ?? null,
        changes: [
          ...conflicts,
          ...rest.map(({ id }) => ({ id, state: 'failed' as const, reason: first.reason ?? null })),
        ],
      });
      return await ended();
    },

    async submit(drafts, words) {
      checkDrafts(drafts);
      const asked = await queue.asked(key);
      if (asked.length === 0 && mode === 'stage') {
        await queue.putContents(sessionId, contentsOf(drafts));
        await queue.stage(
          key,
          sessionId,
          words,
          rowsOf(drafts, { key, turn, step, call: number, tool, approvalId: null }),
        );
        return await ended();
      }
      return await apply(drafts, words, asked);
    },

    async applyStaged(wanted) {
      const changes = wanted ?? (await queue.pending(sessionId));
      if (changes.length === 0) throw failed('nothing is staged in this session');
      await settleSet(queue, place, { key, sessionId, kind: 'apply', changes: [...changes], by: null });
      return await ended();
    },
  };
};
