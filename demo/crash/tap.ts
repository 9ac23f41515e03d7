import type { ApiClient } from '../../client/api.ts';
import { readSse } from '../../client/sse.ts';

/** What came over the wire, before the client drops what it has seen. */
export type Wire = { connections: number; faults: string[] };

/** The same client, its event streams looked at: within a connection positions only rise, from the one resumed after. */
export const tapped = (api: ApiClient, wire: Wire): ApiClient => ({
  ...api,
  openSessionEvents: async (id, options) => {
    const stream = await api.openSessionEvents(id, options);
    wire.connections += 1;
    const [ours, theirs] = stream.tee();
    const look = async (): Promise<void> => {
      let last = options?.after ?? 0;
      for await (const { event, id: position } of readSse(ours)) {
        if (event === 'snapshot') last = Number(position);
        else if (event === 'event') {
          if (Number(position) <= last) wire.faults.push(`position ${position} came after ${last}`);
          last = Number(position);
        }
      }
    };
    look().catch(() => undefined);
    return theirs;
  },
});
