import { expect, test } from 'vitest';
import { addressOfList, readFilters, withFilter, writeFilters } from './model/filters.ts';
import { addView, builtInViews, canonicalSearch, isShown, removeView, viewsFrom, viewsOf } from './model/views.ts';
import { initialTables, updateTables } from './state/tables.ts';

test('filters survive the way into the address and back, whatever is in them', () => {
  const filters = { q: 'a&b=c #? ü', status: 'failed', model: 'claude/sonnet 4.5' };
  const search = writeFilters('sessions', filters);
  expect(readFilters('sessions', search)).toEqual({ filters, faults: [] });
  expect(addressOfList('sessions', {})).toBe('/sessions');
  expect(addressOfList('runs', { status: 'queued' })).toBe('/runs?status=queued');
  expect(readFilters('runs', '?model=sonnet')).toEqual({ filters: { model: 'sonnet' }, faults: [] });
});

test('what an address names and a list does not know is said, and the rest is used', () => {
  const { filters, faults } = readFilters('runs', '?status=fialed&kind=flow&colour=red&q=one&q=two');
  expect(filters).toEqual({ kind: 'flow', q: 'one' });
  expect(faults).toEqual([
    expect.stringMatching(/"status" has no value "fialed".*failed/),
    expect.stringMatching(/no filter "colour".*status/),
    expect.stringMatching(/"q" is given twice/),
  ]);
  expect(readFilters('sessions', '?status=&model=').filters).toEqual({});
  expect(readFilters('sessions', `?q=${'x'.repeat(201)}`).faults).toEqual([expect.stringMatching(/200/)]);
  expect(readFilters('sessions', '?__proto__=x&constructor=y').faults).toHaveLength(2);
});

test('a filter is put in, replaced and taken out', () => {
  const one = withFilter({}, 'status', 'failed');
  expect(withFilter(one, 'status', 'running')).toEqual({ status: 'running' });
  expect(withFilter(one, 'status', '')).toEqual({});
});

test('every view that is built in has the address that it is compared with', () => {
  for (const view of builtInViews) {
    expect(canonicalSearch(view.list, view.search)).toBe(view.search);
    expect(readFilters(view.list, view.search).faults).toEqual([]);
  }
});

test('views are saved under a name, replaced, removed, and read again', () => {
  const saved = addView([], { list: 'runs', name: ' Broken tonight ', search: '?trigger=schedule&status=failed' });
  if (typeof saved === 'string') throw new Error(saved);
  expect(saved).toEqual([{ list: 'runs', name: 'Broken tonight', search: '?status=failed&trigger=schedule' }]);
  const [view] = saved;
  expect(view && isShown(view, '?trigger=schedule&status=failed')).toBe(true);
  expect(view && isShown(view, '?status=failed')).toBe(false);
  expect(viewsOf(saved, 'runs').at(-1)?.name).toBe('Broken tonight');
  expect(viewsOf(saved, 'sessions').some(({ name }) => name === 'Broken tonight')).toBe(false);
  const replaced = addView(saved, { list: 'runs', name: 'Broken tonight', search: '?status=failed' });
  expect(replaced).toEqual([{ list: 'runs', name: 'Broken tonight', search: '?status=failed' }]);
  expect(removeView(saved, { list: 'runs', name: 'Broken tonight' })).toEqual([]);
  expect(viewsFrom(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
});

test('a view without a name, or with one that is taken, is refused in words', () => {
  expect(addView([], { list: 'runs', name: '  ', search: '' })).toMatch(/give it a name/);
  expect(addView([], { list: 'runs', name: 'failed', search: '' })).toMatch(/built in/);
  const full = Array.from({ length: 50 }, (_, at) => ({ list: 'runs' as const, name: `View ${at}`, search: '' }));
  expect(addView(full, { list: 'runs', name: 'One more', search: '' })).toMatch(/Remove one first/);
});

test('what others have written into the browser is left out', () => {
  expect(viewsFrom('views')).toEqual([]);
  expect(viewsFrom([null, 3, { list: 'runs' }, { list: 'x', name: 'a', search: '' }])).toEqual([]);
  expect(viewsFrom([{ list: 'runs', name: 'a', search: '?evil=1&status=failed' }])).toEqual([
    { list: 'runs', name: 'a', search: '?status=failed' },
  ]);
});

test('a page that comes for filters that are shown no more changes nothing; a refresh keeps what was scrolled to', () => {
  const run = (id: string, createdAt: string) => ({ id, createdAt }) as never;
  const page = (ids: string[], nextCursor: string | null, newest = 50) => ({
    runs: ids.map((id, at) => run(id, `2026-01-01T00:00:${newest - at}.000Z`)),
    nextCursor,
  });
  const opened = updateTables(initialTables, { type: 'table-open', list: 'runs', search: '?status=failed' });
  const late = updateTables(opened, { type: 'table-runs', search: '', more: false, page: page(['x'], null) });
  expect(late.runs).toEqual(opened.runs);
  const first = updateTables(opened, {
    type: 'table-runs',
    search: '?status=failed',
    more: false,
    page: page(['a', 'b'], 'c1'),
  });
  expect(first.runs).toMatchObject({ status: 'ready', nextCursor: 'c1' });
  const older = {
    runs: [run('b', '2026-01-01T00:00:49.000Z'), run('c', '2026-01-01T00:00:40.000Z')],
    nextCursor: null,
  };
  const second = updateTables(first, { type: 'table-runs', search: '?status=failed', more: true, page: older });
  expect(second.runs.rows.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  const again = updateTables(second, {
    type: 'table-runs',
    search: '?status=failed',
    more: false,
    page: page(['n', 'a'], 'c2', 51),
  });
  expect(again.runs.rows.map(({ id }) => id)).toEqual(['n', 'a', 'b', 'c']);
  expect(again.runs.nextCursor).toBeNull();
});
