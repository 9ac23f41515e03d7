import { expect, test } from 'vitest';
import { AgentOptions, ApproveOptions, GroupOptions } from './script.ts';
import { optionNames } from './script-options.ts';

test('lists the options that the contracts have', () => {
  expect(optionNames.agent).toEqual(Object.keys(AgentOptions.shape));
  expect(optionNames.group).toEqual(Object.keys(GroupOptions.shape));
  expect(optionNames.approve).toEqual(Object.keys(ApproveOptions.shape));
});
