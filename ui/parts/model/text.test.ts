import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../../contracts/diff/lines.ts';
import { visible } from '../../../contracts/visible.ts';
import { previewOf, summaryOf } from '../../inbox/model/call.ts';
import { addressOfRun, addressOfWorkflow, parseAddress } from '../../shell/model/address.ts';
import { runsOf } from './compare.ts';
import { type Opened, packRuns, pairsOf, segmentAt, segmentsOf, unpackRuns } from './diff-rows.ts';
import { ago, bytes, dollars, duration, tokens } from './format.ts';
import { growSearch, placesIn, startSearch } from './line-search.ts';
import { growIndex, headOf, lineAt, startIndex, tailOf } from './lines.ts';
import { withoutTerminalCodes } from './terminal-codes.ts';
import type { Run } from './text-blocks.ts';

describe('differences', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  const lines = (runs: readonly Run[], leave: Run['kind'], before: string[], after: string[]): string[] =>
    runs
      .filter(({ kind }) => kind !== leave)
      .flatMap(({ kind, old, new: fresh, count }) =>
        kind === 'removed' || leave === 'added' ? before.slice(old, old + count) : after.slice(fresh, fresh + count),
      );

  test('hold both texts, and so do the rows when every gap is open', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const [before, after] = [linesOf(from), linesOf(to)];
        const runs = unpackRuns(packRuns(runsOf(before, after)));
        expect(lines(runs, 'added', before, after)).toEqual(before);
        expect(lines(runs, 'removed', before, after)).toEqual(after);
        const open = new Map(runs.map((_, run) => [run, { above: 99, below: 0 }]));
        expect(segmentsOf(runs, open).rows).toBe(runs.reduce((sum, { count }) => sum + count, 0));
      }),
    );
  });

  const many = Array.from({ length: 100 }, (_, at) => `${at}\n`);
  const runs = runsOf(many, many.with(50, 'fifty\n'));

  test('show three lines around a change, and more of a gap step by step', () => {
    const kinds = (opened: Opened) => segmentsOf(runs, opened).segments.map(({ kind, count }) => `${kind} ${count}`);
    expect(kinds(new Map())).toEqual(['gap 47', 'same 3', 'removed 1', 'added 1', 'same 3', 'gap 46']);
    expect(kinds(new Map([[0, { above: 0, below: 20 }]])).slice(0, 2)).toEqual(['gap 27', 'same 23']);
    expect(kinds(new Map([[0, { above: 20, below: 0 }]])).slice(0, 3)).toEqual(['same 20', 'gap 27', 'same 3']);
  });

  test('find the segment of each row', () => {
    const { segments, rows } = segmentsOf(runs, new Map());
    const kinds = Array.from({ length: rows }, (_, row) => segments[segmentAt(segments, row)]?.kind);
    expect(kinds).toEqual(['gap', 'same', 'same', 'same', 'removed', 'added', 'same', 'same', 'same', 'gap']);
  });

  test('side by side, each line is there once, beside the one that replaces it', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const [before, after] = [linesOf(from), linesOf(to)];
        const all = runsOf(before, after);
        const { pairs, rows } = pairsOf(
          segmentsOf(all, new Map(all.map((_, run) => [run, { above: 99, below: 0 }]))).segments,
        );
        expect(pairs.flatMap(({ old, olds }) => before.slice(old, old + olds))).toEqual(before);
        expect(pairs.flatMap(({ new: fresh, news }) => after.slice(fresh, fresh + news))).toEqual(after);
        expect(rows).toBe(pairs.reduce((sum, { count }) => sum + count, 0));
        expect(pairs.map(({ row }) => row)).toEqual(
          pairs.map((_, at) => pairs.slice(0, at).reduce((sum, { count }) => sum + count, 0)),
        );
      }),
    );
    const { pairs } = pairsOf(segmentsOf(runs, new Map()).segments);
    expect(pairs.map(({ kind, olds, news }) => `${kind} ${olds} ${news}`)).toEqual([
      'gap 47 47',
      'same 3 3',
      'changed 1 1',
      'same 3 3',
      'gap 46 46',
    ]);
  });

  test('of 60,000 lines take a time that is bounded', () => {
    const [before, after] = [0, 1].map((salt) =>
      Array.from({ length: 60_000 }, (_, at) => `${(at * 7919 + salt) % 500}\n`),
    );
    const all = runsOf(before ?? [], after ?? []);
    expect(lines(all, 'added', before ?? [], after ?? [])).toEqual(before);
  });
});

describe('long text', () => {
  const text = fc
    .array(fc.constantFrom('', 'a', 'bc', 'x'.repeat(30)), { minLength: 1, maxLength: 40 })
    .map((lines) => lines.join('\n'));

  test('its lines are found in slices of any size', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (whole, budget) => {
        const index = startIndex(whole);
        while (!index.done) growIndex(index, budget);
        const lines = whole.replace(/\n$/, '').split('\n');
        expect(Array.from({ length: index.count }, (_, line) => lineAt(index, line))).toEqual(lines);
      }),
    );
  });

  test('its head and tail are cut at lines, and a line at its length', () => {
    expect(headOf('a\nb\nc', 2, 100)).toEqual({ head: 'a\nb', more: true });
    expect(headOf('a\nb\n', 2, 100)).toEqual({ head: 'a\nb', more: false });
    expect(headOf('abcdef', 2, 3)).toEqual({ head: 'abc', more: true });
    expect(headOf('', 2, 3)).toEqual({ head: '', more: false });
    expect(tailOf('a\nb\nc\n', 2, 100)).toEqual({ tail: 'b\nc', more: true });
    expect(tailOf('a\n', 2, 100)).toEqual({ tail: 'a', more: false });
  });
});

describe('calls', () => {
  test('a command is shown as one would type it', () => {
    const text = JSON.stringify({ argv: ['echo', "it's", '$HOME'], cwd: 'src', seconds: 5 });
    expect(previewOf('run_command', text)).toEqual({
      kind: 'command',
      command: `echo 'it'\\''s' '$HOME'`,
      folder: 'src',
      seconds: 5,
    });
  });

  test('malformed or unexpected arguments are shown as they are', () => {
    expect(previewOf('run_command', '{"argv": ["a"')).toEqual({ kind: 'other' });
    expect(previewOf('edit_file', '{"path": 1, "old_text": "a", "new_text": "b"}')).toEqual({ kind: 'other' });
    expect(summaryOf('search_files', '{"pattern":"x","glob":"*.ts"}')).toBe('x glob: *.ts');
    // Read as numbers these would be others.
    expect(summaryOf('pay', '{"to": 107505301260286111}')).toBe('{"to": 107505301260286111}');
  });

  test('hidden characters are written out', () => {
    expect(visible('rm \u202etxt.exe\u200b\r\n')).toBe('rm \\u202etxt.exe\\u200b\\u000d\n');
    expect(visible('a\u{e0041}')).toBe('a\\u{e0041}');
    expect(visible('é 漢字 😀\t')).toBe('é 漢字 😀\t');
    expect(withoutTerminalCodes('\u001b[1;32mok\u001b[0m \u001b]0;title\u0007done')).toBe('ok done');
  });
});

test('amounts are short and say enough', () => {
  expect([950, 1000, 9_540, 12_300, 999_600, 1_250_000].map(tokens)).toEqual([
    '950',
    '1k',
    '9.5k',
    '12k',
    '1M',
    '1.3M',
  ]);
  expect([40, 1400, 59_960, 125_000, 10_920_000].map(duration)).toEqual([
    '40 ms',
    '1.4 s',
    '1 min',
    '2 min 5 s',
    '3 h 2 min',
  ]);
  expect([12, 2048, 20 * 1024 * 1024].map(bytes)).toEqual(['12 B', '2.0 KB', '20.0 MB']);
  expect([0, 0.000123, 0.5].map(dollars)).toEqual(['$0', '$0.00012', '$0.50']);
  const now = Date.parse('2026-01-10T00:00:00Z');
  expect(
    ['2026-01-10T00:00:00Z', '2026-01-09T23:30:00Z', '2026-01-09T20:00:00Z', '2026-01-07T00:00:00Z'].map((iso) =>
      ago(iso, now),
    ),
  ).toEqual(['just now', '30 min', '4 h', '3 d']);
});

test('addresses', () => {
  expect(parseAddress('/s/a%2Fb', '#turn-3')).toEqual({ page: 'session', id: 'a/b', place: { kind: 'turn', turn: 3 } });
  expect(parseAddress('/s/a', '#turn-0')).toEqual({ page: 'session', id: 'a', place: null });
  expect(parseAddress('/r/a%2Fb', '#draft/12')).toEqual({
    page: 'run',
    id: 'a/b',
    tab: 'steps',
    other: null,
    target: { step: 'draft', index: 12 },
  });
  const run = { page: 'run', id: 'a', other: null, target: null };
  expect(parseAddress('/r/a', '')).toEqual({ ...run, tab: 'overview' });
  expect(parseAddress('/r/a/graph', '#x')).toEqual({ ...run, tab: 'graph', target: { step: 'x', index: null } });
  expect(parseAddress('/r/a/compare/b%2Fc', '')).toEqual({ ...run, tab: 'compare', other: 'b/c' });
  expect(parseAddress('/r/a/nowhere', '')).toEqual({ page: 'missing' });
  expect(parseAddress('/r/a/graph/b', '')).toEqual({ page: 'missing' });
  for (const id of ['turn/s1/3', 'run/r1/step/a b/item/2']) {
    expect(parseAddress(addressOfWorkflow(id), '')).toEqual({ page: 'workflow', id });
  }
  expect(parseAddress('/w/turn/s1/3', '')).toEqual({ page: 'workflow', id: 'turn/s1/3' });
  expect(parseAddress(addressOfRun('r', { step: 'é/x', index: 2 }).split('#')[0] ?? '', '#%C3%A9%2Fx/2')).toEqual({
    ...run,
    id: 'r',
    tab: 'steps',
    target: { step: 'é/x', index: 2 },
  });
  expect(parseAddress('/', '')).toEqual({ page: 'start', tab: 'session', name: null });
  expect(parseAddress('/', '#flow/review-code')).toEqual({ page: 'start', tab: 'flow', name: 'review-code' });
  expect(parseAddress('/', '#script/deep')).toEqual({ page: 'start', tab: 'script', name: 'deep' });
  expect(parseAddress('/s/%', '#turn-0')).toEqual({ page: 'missing' });
  expect(parseAddress('/nowhere', '#flow/x')).toEqual({ page: 'missing' });
});

test('lines that hold some text are found in slices of any size, also while they are counted', () => {
  const text = fc
    .array(fc.constantFrom('Tide', 'the tide', 'moon', ''), { maxLength: 30 })
    .map((all) => all.join('\n'));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (whole, counted, searched) => {
      const index = startIndex(whole);
      const search = startSearch('TIDE');
      while (!search.done) {
        if (!index.done) growIndex(index, counted);
        growSearch(search, index, searched);
      }
      const lines = whole.replace(/\n$/, '').split('\n');
      expect(search.found).toEqual(lines.flatMap((line, at) => (/tide/i.test(line) ? [at] : [])));
    }),
  );
  expect(placesIn('The tide, the Tide', 'tide')).toEqual([
    [4, 8],
    [14, 18],
  ]);
  expect(placesIn('İ tide', 'tide')).toEqual([]);
});
