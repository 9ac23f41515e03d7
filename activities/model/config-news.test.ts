import { expect, test } from 'vitest';
import { configNews } from './config-news.ts';

const change = (id: number, changed: string[], needsRestart: string[] = []) => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  fault: null,
  changed,
  needsRestart,
});
const previous = (config: number | null) => ({ config });
const changes = [change(3, ['models']), change(7, ['server.port', 'limits.waitSeconds'], ['server.port'])];

test('a session is told of each change since its last request, in order, once', () => {
  const { id, notices } = configNews(changes, previous(2));
  expect([id, notices.map(({ text }) => text)]).toEqual([
    7,
    [
      'everturn.yaml was read again: models changed.',
      'everturn.yaml was read again: server.port, limits.waitSeconds changed. server.port takes effect after a restart.',
    ],
  ]);
  expect(configNews(changes, previous(3)).notices).toHaveLength(1);
  expect(configNews(changes, previous(7))).toEqual({ id: 7, notices: [] });
  // Its last request was made by an older release.
  expect(configNews(changes, previous(null)).notices).toHaveLength(2);
});

test('a session that has asked nothing yet is told nothing', () => {
  expect(configNews(changes, null)).toEqual({ id: 7, notices: [] });
  expect(configNews([], null)).toEqual({ id: 0, notices: [] });
});
