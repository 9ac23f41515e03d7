import { runMembers } from '../fan-out/members.ts';
import type { MembersInput } from '../fan-out/messages.ts';

/** A batch group: never more than `maxConcurrent` of its members at once, with a time limit for all of them. */
export async function batch(input: MembersInput): Promise<void> {
  await runMembers(input);
}
