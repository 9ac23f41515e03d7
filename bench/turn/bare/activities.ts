import type { WireMessage } from '../../../contracts/request.ts';
import { now } from '../../clock.ts';
import type { Floor, Place } from '../floor/steps.ts';

/** One row for each step; the first holds the message as well. */
export const createBareActivities = ({ write, history, last, ask, runTool }: Floor) => ({
  async askModel({ text, ...place }: Place & { text?: string }): Promise<{ asksTool: boolean; writtenAt: number }> {
    const sent: WireMessage[] = text === undefined ? [] : [{ role: 'user', content: text }];
    const { said, call } = await ask([...(await history(place.session)), ...sent]);
    await write(place, [...sent, said]);
    return { asksTool: call !== null, writtenAt: now() };
  },

  async runTool(place: Place): Promise<void> {
    const said = (await last(place.session)).at(-1);
    const call = said?.role === 'assistant' ? said.tool_calls?.[0] : undefined;
    if (!call) throw new Error('The last step asks for no tool');
    await write(place, [await runTool(call)]);
  },
});

export type BareActivities = ReturnType<typeof createBareActivities>;
