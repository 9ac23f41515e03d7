import type { WireMessage } from '../../../contracts/request.ts';
import type { Floor, Place } from '../../turn/floor/steps.ts';
import { prompt } from '../prompt.ts';

/** One row for each step. */
export const createBareActivities = ({ write, ask }: Floor) => ({
  async record(place: Place): Promise<void> {
    await write(place, []);
  },

  async askModel(place: Place): Promise<void> {
    const sent: WireMessage = { role: 'user', content: prompt() };
    const { said } = await ask([sent]);
    await write(place, [sent, said]);
  },
});

export type BareActivities = ReturnType<typeof createBareActivities>;
