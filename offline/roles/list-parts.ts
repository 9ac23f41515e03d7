import { folderOf } from '../brief.ts';
import { planCall } from '../plan-call.ts';
import { entriesOf } from '../results.ts';
import { doneBy } from '../task.ts';
import { counted, nothing, type Role, says } from './role.ts';

const folderEntry = /^(.+)\/ \((\d+) files?\)$/;

/** The folders of a folder, the fullest first; the folder itself when it has none. */
export const listParts: Role = {
  fits: ({ tools, asks }, text) =>
    tools.has('list_files') &&
    ['parts', 'folders', 'areas', 'modules', 'directories', 'components'].some((name) => asks.has(name)) &&
    /\b(divide|split|list|which|parts?|folders?|areas?|modules?|components?|directories)\b/i.test(text),
  next: (brief) =>
    doneBy(brief, 'list_files').length > 0
      ? nothing
      : {
          thinking: 'I look at which folders there are.',
          calls: planCall(brief, 'list_files', { path: folderOf(brief) }),
        },
  conclude: (brief) => {
    const folder = folderOf(brief);
    const calls = doneBy(brief, 'list_files');
    const parts = calls.flatMap(entriesOf).flatMap((entry) => {
      const [, path, count] = folderEntry.exec(entry) ?? [];
      return path === undefined ? [] : [{ path, count: Number(count) }];
    });
    const found = parts
      .toSorted((a, b) => b.count - a.count)
      .map(({ path, count }) => ({
        file: path,
        title: path,
        note: `${counted(count, 'file')}.`,
        raw: { files: count, count },
      }));
    const failed = calls.find(({ result }) => result.startsWith('Cannot '));
    const whole = failed ? [] : [{ file: folder, title: folder, note: 'It has no folders in it.' }];
    return {
      about: `folders of ${folder}`,
      found: found.length > 0 ? found : whole,
      queries: [],
      summary: says(
        failed
          ? `list_files said: ${failed.result.slice(0, 300)}`
          : `${folder} has ${counted(found.length, 'folder')} with files; the fullest come first.`,
      ),
    };
  },
};
