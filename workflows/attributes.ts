import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { searchAttributes } from '../contracts/temporal.ts';

const key = (name: keyof typeof searchAttributes) => defineSearchAttributeKey(searchAttributes[name], 'KEYWORD');

export const statusKey = key('status');

/** Labels only: nothing that a user or a model wrote. */
export const attributesOf = (labels: Partial<Record<keyof typeof searchAttributes, string>>): SearchAttributePair[] =>
  Object.entries(labels).map(([name, value]) => ({ key: key(name as keyof typeof searchAttributes), value }));
