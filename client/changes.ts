import { type Bytes, type Signal, streamHeaders, streamOf } from './options.ts';
import type { Transport } from './transport.ts';

const action = 'follow the streams';

/** The bytes of the wake-ups for lists, and of the streams that `follow` names: `session/ID`, `run/ID@POSITION`. */
export const openChanges = async (
  { send }: Transport,
  { signal, follow = [] }: Signal & { follow?: readonly string[] } = {},
): Promise<Bytes> =>
  streamOf(await send({ action, path: '/events', query: { follow }, headers: streamHeaders(), signal }), action);
