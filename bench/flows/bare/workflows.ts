import { continueAsNew, executeChild } from '@temporalio/workflow';

type MapInput = { id: string; count: number; next: number; limit: number };

/** Children of one run of the parent: its history stays as short as ours. */
const inOneRun = 300;

/** The floor: so many empty children, some at once, continued as new. */
export async function bareMap(input: MapInput): Promise<void> {
  const { id, count, limit } = input;
  const end = Math.min(count, input.next + inOneRun);
  let { next } = input;
  const work = async (): Promise<void> => {
    while (next < end) {
      const index = next++;
      await executeChild(bareItem, { workflowId: `bare/${id}/${index}`, args: [index] });
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  if (next < count) await continueAsNew<typeof bareMap>({ ...input, next });
}

/** The floor of a run of independent steps: all children at once. */
export async function bareWide({ id, count }: Pick<MapInput, 'id' | 'count'>): Promise<void> {
  const children = Array.from({ length: count }, (_, index) =>
    executeChild(bareItem, { workflowId: `bare/${id}/${index}`, args: [index] }),
  );
  await Promise.all(children);
}

export async function bareItem(index: number): Promise<number> {
  return index;
}
