import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentsOf, type Draft, rowsOf } from '../../../activities/changes/draft.ts';
import { settleSet } from '../../../activities/changes/settle-set.ts';
import { hashOf } from '../../../activities/changes/texts.ts';
import { dataFoldersOf } from '../../../files/closed.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';

const count = 200;
const lines = 100;

const content = (index: number): Buffer =>
  Buffer.from(Array.from({ length: lines }, (_, line) => `file ${index}, line ${line}\n`).join(''));

const draftOf = (index: number): Draft => {
  const bytes = content(index);
  const state = { hash: hashOf(bytes), mode: 0o644 };
  return {
    kind: 'edit',
    path: `file-${index}.txt`,
    from: null,
    before: { ...state, bytes, otherNames: 0 },
    disk: state,
    after: { bytes: Buffer.from(bytes.toString().replace('line 50', 'line fifty')), mode: 0o644 },
  };
};

const write = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    await writeFile(path.join(folder, `file-${index}.txt`), content(index), { mode: 0o644 });
  }
};

/** The least that a safe write takes: a new file, flushed, and given the name of the old one. */
const bare = async (folder: string): Promise<number> => {
  const startedAt = performance.now();
  for (let index = 0; index < count; index++) {
    const handle = await open(path.join(folder, 'new'), 'w');
    await handle.writeFile(draftOf(index).after?.bytes ?? '');
    await handle.sync();
    await handle.close();
    await rename(path.join(folder, 'new'), path.join(folder, `file-${index}.txt`));
  }
  return performance.now() - startedAt;
};

const ours = async ({ store }: Field, workspace: string, sessionId: string): Promise<number> => {
  const drafts = Array.from({ length: count }, (_, index) => draftOf(index));
  await store.sessions.create({
    id: sessionId,
    title: '',
    workspace,
    agent: 'default',
    model: 'none',
    allow: [],
    definition: null,
    schema: null,
    runId: null,
    node: null,
  });
  const key = `${sessionId}/1/1/0`;
  const rows = rowsOf(drafts, { key, turn: 1, step: 1, call: 0, tool: 'edit_file', approvalId: null });
  await store.fileChanges.putContents(sessionId, contentsOf(drafts));
  await store.fileChanges.stage(key, sessionId, '', rows);
  const place = { workspace, dataFolders: dataFoldersOf(workspace), idempotencyKey: key };
  const changes = await store.fileChanges.pending(sessionId);
  const startedAt = performance.now();
  await store.fileChanges.locked(workspace, () =>
    settleSet(store.fileChanges, place, { key: `apply ${key}`, sessionId, kind: 'apply', changes, by: null }),
  );
  const took = performance.now() - startedAt;
  const applied = await store.fileChanges.applied(sessionId, { turn: 1 });
  if (applied.length !== count) throw new Error(`${applied.length} of ${count} changes were applied`);
  return took;
};

/** Pending changes of as many files, applied as one set: checked, journalled, written, recorded. */
export const measureApply = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const times: { ours: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1}`);
    const folder = path.join(field.folder, `workspace-${round}`);
    await write(folder);
    const taken = await ours(field, folder, `s_bench${round}`);
    await write(folder);
    times.push({ ours: taken, bare: await bare(folder) });
  }
  const mine = spreadOf(times.map((time) => time.ours));
  const floor = spreadOf(times.map((time) => time.bare));
  const ratio = spreadOf(times.map((time) => time.ours / time.bare));
  return [
    {
      title: `${count} pending changes of files of ${lines} lines, applied as one set`,
      figures: [
        { label: 'ours', unit: 'ms', value: mine.median, min: mine.min, max: mine.max, target: 1000 },
        { label: 'bare writes, flushed and renamed', unit: 'ms', value: floor.median, min: floor.min, max: floor.max },
        { label: 'ours of bare', unit: '×', value: ratio.median, min: ratio.min, max: ratio.max },
      ],
    },
  ];
};
