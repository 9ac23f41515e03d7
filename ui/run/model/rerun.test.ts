import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { waitingScene } from '../../dev/run-scenes.ts';
import { againFrom } from './rerun.ts';

test('a step, what needs it, what needs its batch, and the branches of a switch', () => {
  const { steps } = waitingScene(new FakeRuns('/w')).view;
  expect(againFrom(steps, 'write')).toEqual(['write']);
  expect(againFrom(steps, 'sources')).toEqual(['sources', 'approve', 'write']);
  expect(againFrom(steps, 'depth')).toEqual(['depth', 'crosscheck', 'skim', 'sources', 'figures', 'approve', 'write']);
  const batched = new FakeRuns('/w').create(
    {},
    { steps: [{ id: 'a', batch: 'pair' }, { id: 'b', batch: 'pair' }, { id: 'c', needs: ['pair'] }, { id: 'd' }] },
  );
  expect(againFrom(batched.view.steps, 'a')).toEqual(['a', 'c']);
});
