import { chmod, link, mkdir, readdir, readFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyPatch } from '../tools/apply-patch.ts';
import { applyPending } from '../tools/apply-pending.ts';
import { deleteFile } from '../tools/delete-file.ts';
import { editFile } from '../tools/edit-file.ts';
import { makePipe, temporaryFolder, testContext } from '../tools/test-context.ts';
import { writeFile as writeTool } from '../tools/write-file.ts';
import { finishSet, settleSet } from './settle-set.ts';
import { memoryQueue } from './testing/memory-queue.ts';
import { carryOutStep, openSite } from './write.ts';

const open = async (mode: 'auto' | 'stage' = 'auto') => {
  const queue = memoryQueue();
  const context = await testContext({ queue, mode });
  const { workspace } = context;
  const place = { workspace, dataFolders: [], idempotencyKey: 'place' };
  const at = (name: string) => join(workspace, name);
  let requests = 0;
  const ask = async (kind: 'apply' | 'undo', changes: string[]) => {
    requests += 1;
    const key = `request ${requests}`;
    await settleSet(queue, place, { key, sessionId: 'session', kind, changes, by: 'me' });
    return queue.sets.get(key);
  };
  return {
    queue,
    context,
    place,
    ask,
    ids: () => queue.rows.map(({ id }) => id),
    states: () => queue.rows.map(({ state }) => state),
    put: (name: string, content: string | Buffer) => writeFile(at(name), content),
    text: (name: string) => readFile(at(name), 'utf8'),
    at,
    write: (path: string, content: string) => writeTool.run({ path, content }, context),
    edit: (path: string, old_text: string, new_text: string) => editFile.run({ path, old_text, new_text }, context),
    patch: (patch: string) => applyPatch.run({ patch }, context),
    remove: (path: string) => deleteFile.run({ path }, context),
  };
};

describe('applied at once', () => {
  test('an edit gives its diff, and keeps mode and line ends', async () => {
    const { put, edit, text, at, queue } = await open();
    await put('a.sh', 'one\r\ntwo\r\n');
    await chmod(at('a.sh'), 0o751);
    const result = await edit('a.sh', 'two', 'three');
    expect(result.text).toBe(
      'Edited a.sh at line 2\n\n--- a/a.sh\n+++ b/a.sh\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+three',
    );
    expect(result.diff).toContain('+three\r\n');
    expect(await text('a.sh')).toBe('one\r\nthree\r\n');
    expect((await stat(at('a.sh'))).mode & 0o777).toBe(0o751);
    expect(queue.rows[0]).toMatchObject({ state: 'applied', kind: 'edit', added: 1, removed: 1, hunks: 1 });
  });

  test('undo gives back bytes and modes, and removes what was made', async () => {
    const { put, write, edit, remove, patch, at, ask, ids, states } = await open();
    const binary = Buffer.from([0, 255, 13, 10, 200]);
    await put('kept.txt', 'kept\n');
    await put('gone.bin', binary);
    await put('old.txt', 'name\n');
    await chmod(at('gone.bin'), 0o640);
    await chmod(at('kept.txt'), 0o600);
    await edit('kept.txt', 'kept', 'changed');
    await write('new/deep/file.txt', 'new');
    await remove('gone.bin');
    await patch('diff --git a/old.txt b/new.txt\nrename from old.txt\nrename to new.txt\nnew mode 100755\n');
    expect((await readdir(at('.'))).toSorted()).toEqual(['kept.txt', 'new', 'new.txt']);
    expect((await stat(at('new.txt'))).mode & 0o111).not.toBe(0);
    expect(await ask('undo', ids())).toMatchObject({ state: 'done' });
    expect(states()).toEqual(['undone', 'undone', 'undone', 'undone']);
    expect((await readdir(at('.'))).toSorted()).toEqual(['gone.bin', 'kept.txt', 'old.txt']);
    expect(await readFile(at('gone.bin'))).toEqual(binary);
    expect((await stat(at('gone.bin'))).mode & 0o777).toBe(0o640);
    expect((await stat(at('kept.txt'))).mode & 0o777).toBe(0o600);
    expect((await stat(at('old.txt'))).mode & 0o111).toBe(0);
    // And all of it once more.
    expect(await ask('apply', ids())).toMatchObject({ state: 'done' });
    expect((await readdir(at('.'))).toSorted()).toEqual(['kept.txt', 'new', 'new.txt']);
  });

  test('undo is refused as a whole where somebody changed a file since', async () => {
    const { put, edit, text, ask, ids, states, at } = await open();
    await put('a', 'a\n');
    await put('b', 'b\n');
    await edit('a', 'a', 'A');
    await edit('b', 'b', 'B');
    await put('a', 'A\nmine\n');
    const set = await ask('undo', ids());
    expect(set).toMatchObject({ state: 'refused' });
    expect(set?.reason).toBe(
      '"a": it was changed since, by someone else. What changed since:\n--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n A\n+mine',
    );
    expect([await text('a'), await text('b')]).toEqual(['A\nmine\n', 'B\n']);
    expect(states()).toEqual(['applied', 'applied']);
    await put('a', 'A\n');
    await chmod(at('a'), 0o755);
    expect((await ask('undo', ids()))?.reason).toBe('"a": its mode was changed since, by someone else');
  });

  test('undo of one that a later one built on is refused, and says what to do', async () => {
    const { put, edit, ask, ids } = await open();
    await put('a', 'one\n');
    await edit('a', 'one', 'two');
    await edit('a', 'two', 'three');
    expect((await ask('undo', ids().slice(0, 1)))?.reason).toBe(
      '"a" was changed again by change 2: undo that one first, or all since change 1',
    );
  });
});

describe('cut off', () => {
  const twoFiles = async () => {
    const stage = await open('stage');
    await stage.put('a', 'a\n');
    await stage.put('b', 'b\n');
    await stage.edit('a', 'a', 'A');
    await stage.edit('b', 'b', 'B');
    return stage;
  };

  /** As a process that is killed with its journal written and the first file changed. */
  const begun = async () => {
    const stage = await twoFiles();
    const killed = Promise.reject(new Error('killed'));
    killed.catch(() => undefined);
    const dying = { ...stage.queue, contents: () => killed };
    await expect(
      settleSet(
        {
          ...stage.queue,
          contents: async (session, hashes) =>
            stage.states()[0] === 'applying' ? await dying.contents() : await stage.queue.contents(session, hashes),
        },
        stage.place,
        { key: 'k', sessionId: 'session', kind: 'apply', changes: stage.ids(), by: null },
      ),
    ).rejects.toThrow('killed');
    expect(stage.states()).toEqual(['applying', 'applying']);
    expect([await stage.text('a'), await stage.text('b')]).toEqual(['a\n', 'b\n']);
    const [first] = stage.queue.sets.get('k')?.steps ?? [];
    if (!first) throw new Error('no journal');
    await carryOutStep(openSite(stage.place), first, { before: Buffer.from('a\n'), after: Buffer.from('A\n') });
    expect(await stage.text('a')).toBe('A\n');
    return stage;
  };

  test('goes on where it was', async () => {
    const stage = await begun();
    const before = await stat(stage.at('a'), { bigint: true });
    await finishSet(stage.queue, stage.place, 'k');
    expect([await stage.text('a'), await stage.text('b')]).toEqual(['A\n', 'B\n']);
    expect(stage.states()).toEqual(['applied', 'applied']);
    // What was written is not written again.
    expect((await stat(stage.at('a'), { bigint: true })).ino).toBe(before.ino);
    await finishSet(stage.queue, stage.place, 'k');
    expect(stage.states()).toEqual(['applied', 'applied']);
  });

  test('is taken back where the rest cannot be done any more', async () => {
    const stage = await begun();
    await stage.put('b', 'of somebody\n');
    await finishSet(stage.queue, stage.place, 'k');
    expect([await stage.text('a'), await stage.text('b')]).toEqual(['a\n', 'of somebody\n']);
    expect(stage.states()).toEqual(['pending', 'conflict']);
  });

  test('what somebody changed meanwhile is not overwritten', async () => {
    const stage = await begun();
    await stage.put('a', 'A, and mine\n');
    await finishSet(stage.queue, stage.place, 'k');
    expect([await stage.text('a'), await stage.text('b')]).toEqual(['A, and mine\n', 'b\n']);
    expect(stage.states()).toEqual(['conflict', 'pending']);
  });

  test('a call that ran again finds its own change, and says the same', async () => {
    const queue = memoryQueue();
    const dying = { ...queue, end: async () => Promise.reject(new Error('killed')) };
    const first = await testContext({ queue: dying, idempotencyKey: 'call' });
    await writeFile(join(first.workspace, 'f'), 'x x\n');
    const args = { path: 'f', old_text: 'x x', new_text: 'x x x x' };
    await expect(editFile.run(args, first)).rejects.toThrow('killed');
    expect(await readFile(join(first.workspace, 'f'), 'utf8')).toBe('x x x x\n');
    const again = await testContext({ queue, idempotencyKey: 'call', workspace: first.workspace });
    expect((await editFile.run(args, again)).text).toContain('Edited f at line 1\n');
    expect(await readFile(join(first.workspace, 'f'), 'utf8')).toBe('x x x x\n');
  });

  test('a write in place is written to its end', async () => {
    const { place, put, text, queue } = await open();
    await put('mounted', 'NEW WOld content, longer');
    const [before, after] = [Buffer.from('the old content, longer'), Buffer.from('NEW WORDS')];
    await put('mounted', Buffer.concat([after.subarray(0, 5), before.subarray(5)]));
    const { hashOf } = await import('./texts.ts');
    const mode = (await stat(join(place.workspace, 'mounted'))).mode & 0o7777;
    const step = { path: 'mounted', before: { hash: hashOf(before), mode }, after: { hash: hashOf(after), mode } };
    await carryOutStep(openSite(place), step, { before, after });
    expect(await text('mounted')).toBe('NEW WORDS');
    expect(queue.rows).toEqual([]);
  });
});

describe('staged', () => {
  test('waits, and later edits build on it', async () => {
    const { put, edit, write, text, states, context, ids } = await open('stage');
    await put('a', 'one\n');
    expect((await edit('a', 'one', 'two')).text).toContain(
      'Edited a at line 1 (staged as change 1: not on disk until it is applied)',
    );
    expect((await edit('a', 'two', 'three')).status).toBe('ok');
    expect((await write('new', 'x')).status).toBe('ok');
    expect((await edit('new', 'x', 'y')).status).toBe('ok');
    expect(await text('a')).toBe('one\n');
    expect(states()).toEqual(['pending', 'pending', 'pending', 'pending']);
    const applied = await applyPending.run({}, context);
    expect(applied.text).toBe('Applied 4 changes\n- 1: edit a\n- 2: edit a\n- 3: create new\n- 4: edit new');
    expect([await text('a'), await text('new')]).toEqual(['three\n', 'y']);
    expect((await applyPending.run({}, context)).text).toBe(
      'Cannot apply the staged changes: nothing is staged in this session',
    );
    expect(ids()).toHaveLength(4);
  });

  test('a conflict names what changed, and nothing is written', async () => {
    const { put, edit, text, ask, ids, states } = await open('stage');
    await put('a', 'one\ntwo\n');
    await put('b', 'b\n');
    await edit('a', 'one', 'ONE');
    await edit('b', 'b', 'B');
    await put('a', 'one\nzwei\n');
    const set = await ask('apply', ids());
    expect(set).toMatchObject({ state: 'refused' });
    expect(set?.reason).toBe(
      '"a": it was changed since. What changed since:\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n one\n-two\n+zwei',
    );
    expect([await text('a'), await text('b')]).toEqual(['one\nzwei\n', 'b\n']);
    expect(states()).toEqual(['conflict', 'pending']);
    // The person has put it back.
    await put('a', 'one\ntwo\n');
    expect(await ask('apply', ids())).toMatchObject({ state: 'done' });
    expect(await text('a')).toBe('ONE\ntwo\n');
  });

  test('one of two changes of a file alone, where they do not touch', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const { put, edit, text, ask, ids, states } = await open('stage');
    await put('a', lines.join(''));
    await edit('a', 'line 3\n', 'three\n');
    await edit('a', 'line 20\n', 'twenty\n');
    await edit('a', 'three\n', 'THREE\n');
    expect(await ask('apply', ids().slice(1, 2))).toMatchObject({ state: 'done' });
    expect(await text('a')).toBe(lines.with(20, 'twenty\n').join(''));
    const alone = await ask('apply', ids().slice(2));
    expect(alone?.reason).toBe(
      'it builds on another change, which is not applied. Apply that one before it, or reject this one',
    );
    expect(await ask('apply', [ids()[0] ?? '', ids()[2] ?? ''])).toMatchObject({ state: 'done' });
    expect(await text('a')).toBe(lines.with(20, 'twenty\n').with(3, 'THREE\n').join(''));
    expect(states()).toEqual(['applied', 'applied', 'applied']);
  });

  test('some hunks of a change', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const { put, write, text, ask, ids, queue } = await open('stage');
    await put('a', lines.join(''));
    await write('a', lines.with(2, 'two\n').with(25, 'last\n').join(''));
    const [row] = queue.rows;
    if (row) row.chosen = [1];
    expect(await ask('apply', ids())).toMatchObject({ state: 'done' });
    expect(await text('a')).toBe(lines.with(25, 'last\n').join(''));
    expect(await ask('undo', ids())).toMatchObject({ state: 'done' });
    expect(await text('a')).toBe(lines.join(''));
  });

  test('two who decide about one change: the first has it', async () => {
    const { put, edit, ask, ids } = await open('stage');
    await put('a', 'a\n');
    await edit('a', 'a', 'b');
    const ends = [await ask('apply', ids()), await ask('apply', ids())];
    expect(ends.map((end) => end?.state)).toEqual(['done', 'refused']);
    expect(ends[1]?.reason).toBe('someone has decided about one of these changes in the meantime');
  });
});

describe('between asking and applying', () => {
  const staged = async () => {
    const stage = await open('stage');
    await stage.put('a', 'a\n');
    await stage.edit('a', 'a', 'b');
    return stage;
  };

  test('the file became a link that leads out', async () => {
    const stage = await staged();
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'target'), 'a\n');
    await rename(stage.at('a'), stage.at('moved'));
    await symlink(join(outside, 'target'), stage.at('a'));
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe(
      'Cannot use path "a": it leads outside the workspace; use a path inside it',
    );
    expect(await readFile(join(outside, 'target'), 'utf8')).toBe('a\n');
  });

  test('the file became a link to another one inside', async () => {
    const stage = await staged();
    await rename(stage.at('a'), stage.at('moved'));
    await symlink('moved', stage.at('a'));
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe('its path leads elsewhere now, to moved');
    expect(await stage.text('moved')).toBe('a\n');
  });

  test('the file is gone, a pipe, a folder, or endless', async () => {
    const stage = await staged();
    await rename(stage.at('a'), stage.at('elsewhere'));
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe('it no longer exists');
    makePipe(stage.at('a'));
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe('it is a named pipe, not a regular file');
    await rename(stage.at('a'), stage.at('pipe'));
    await mkdir(stage.at('a'));
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe('it is a folder, not a regular file');
    await rename(stage.at('a'), stage.at('folder'));
    await stage.put('a', '');
    await truncate(stage.at('a'), 10_000_000_000);
    expect((await stage.ask('apply', stage.ids()))?.reason).toBe(
      'it has 10.0 GB, over the limit of 10.0 MB for a change; change it with a command',
    );
  });

  test('a file of the name to be made, or renamed to, is there', async () => {
    const stage = await open('stage');
    await stage.put('from', 'x\n');
    await stage.write('new', 'mine\n');
    await stage.patch('--- a/from\n+++ b/to\n@@ -1 +1 @@\n-x\n+y\n');
    await stage.put('new', 'of somebody\n');
    await stage.put('to', 'of somebody\n');
    expect((await stage.ask('apply', stage.ids().slice(0, 1)))?.reason).toBe('there is a file of this name now');
    expect((await stage.ask('apply', stage.ids().slice(1)))?.reason).toBe('there is a file of this name now');
    expect([await stage.text('new'), await stage.text('to'), await stage.text('from')]).toEqual([
      'of somebody\n',
      'of somebody\n',
      'x\n',
    ]);
  });
});

describe('what a change is refused for', () => {
  test('files that are not regular, or too large', async () => {
    const { write, edit, remove, at, put } = await open();
    makePipe(at('pipe'));
    await symlink('/dev/zero', at('zero'));
    await put('sparse', '');
    await truncate(at('sparse'), 10_000_000_000);
    expect((await write('pipe', 'x')).text).toBe('Cannot write "pipe": it is a named pipe, not a regular file');
    await expect(write('zero', 'x')).rejects.toMatchObject({ code: 'path_outside_workspace' });
    for (const result of [await write('sparse', 'x'), await edit('sparse', 'a', 'b'), await remove('sparse')])
      expect(result.text).toContain('it has 10.0 GB, over the limit of 10.0 MB for a change; change it with a command');
    expect((await remove('nothing')).text).toBe('Cannot delete "nothing": there is no such file or folder (ENOENT)');
    expect((await remove('.')).text).toBe('Cannot delete ".": it is a folder, not a regular file');
  });

  test('UTF-16 and binary', async () => {
    const { edit, put, write, at, ask, ids } = await open();
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('text', 'utf16le')]);
    await put('wide', utf16);
    await put('binary', Buffer.from([1, 0, 2]));
    expect((await edit('wide', 'text', 'x')).text).toBe(
      'Cannot edit "wide": it is UTF-16; an edit would damage it. Convert it to UTF-8 first',
    );
    expect((await edit('binary', 'a', 'b')).text).toBe(
      'Cannot edit "binary": it is binary or not UTF-8; an edit would damage it',
    );
    expect((await write('wide', 'text')).text).toBe(
      'Replaced wide (4 bytes)\n\n--- a/wide\n+++ b/wide\nBinary files differ',
    );
    await ask('undo', ids());
    expect(await readFile(at('wide'))).toEqual(utf16);
  });

  test('a hard link to a file outside keeps the content that it had', async () => {
    const { edit, at } = await open();
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'of somebody'), 'a\n');
    await link(join(outside, 'of somebody'), at('linked'));
    expect((await edit('linked', 'a', 'b')).text).toContain(
      'It had other names (hard links), which keep the old content',
    );
    expect(await readFile(join(outside, 'of somebody'), 'utf8')).toBe('a\n');
  });

  test('names with line breaks are shown in one line', async () => {
    const { write, text, queue } = await open();
    const name = 'a\n+++ b/etc';
    expect((await write(name, 'x\n')).text).not.toContain('\n+++ b/etc');
    expect(await text(name)).toBe('x\n');
    expect(queue.rows[0]?.diff).toContain('+++ "b/a\\n+++ b/etc"');
  });

  test('a name of half a character', async () => {
    const { write } = await open();
    expect((await write('a\ud800', 'x')).text).toContain('its name holds half of a surrogate pair');
  });

  test('data folders, under any name', async () => {
    const data = await temporaryFolder();
    await writeFile(join(data, 'token'), 'secret');
    const context = await testContext({ dataFolders: [data] });
    await link(join(data, 'token'), join(context.workspace, 'innocent'));
    await expect(editFile.run({ path: 'innocent', old_text: 'secret', new_text: 'x' }, context)).rejects.toMatchObject({
      code: 'path_outside_workspace',
    });
    await expect(writeTool.run({ path: '.everturn/x', content: '' }, context)).rejects.toMatchObject({
      code: 'path_outside_workspace',
    });
  });
});

describe('what a whole file keeps', () => {
  test('CRLF and the byte order mark', async () => {
    const { put, write, text } = await open();
    await put('a', '\uFEFFone\r\ntwo\r\n');
    expect((await write('a', 'one\nthree\n')).text).toContain('Its line ends (CRLF) or byte order mark were kept');
    expect(await text('a')).toBe('\uFEFFone\r\nthree\r\n');
    expect((await write('a', 'one\nthree\n')).text).toContain('has exactly this content');
  });

  test('mixed line ends are written as they are given', async () => {
    const { put, write, text } = await open();
    await put('a', 'one\r\ntwo\n');
    await write('a', 'one\ntwo\n');
    expect(await text('a')).toBe('one\ntwo\n');
  });
});
