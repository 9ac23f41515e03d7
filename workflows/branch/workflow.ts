import { runMembers } from '../fan-out/members.ts';
import type { MembersInput } from '../fan-out/messages.ts';

/** The branch that a switch has taken. */
export async function branch(input: MembersInput): Promise<void> {
  await runMembers(input);
}
