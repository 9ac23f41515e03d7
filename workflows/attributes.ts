import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../contracts/temporal.ts';

const key = (name: keyof typeof searchAttributes) => defineSearchAttributeKey(searchAttributes[name], 'KEYWORD');

const statusKey = key('status');

/** Statuses that Temporal's own `ExecutionStatus` shows. */
const plain: readonly string[] = ['running', 'completed'];

/**
 * Labels the workflow with its status where Temporal's own does not say it: waiting, paused, failed. Each change costs the
 * server an event and a write to its index.
 */
export const createStatusLabel = () => {
  let shown: string | null = workflowInfo().typedSearchAttributes.get(statusKey) ?? null;
  return (status: string): void => {
    const next = plain.includes(status) ? null : status;
    if (next !== shown) upsertSearchAttributes([{ key: statusKey, value: next }]);
    shown = next;
  };
};

/** Labels only: nothing that a user or a model wrote. */
export const attributesOf = (labels: Partial<Record<keyof typeof searchAttributes, string>>): SearchAttributePair[] =>
  Object.entries(labels).map(([name, value]) => ({ key: key(name as keyof typeof searchAttributes), value }));
