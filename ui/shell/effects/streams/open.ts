import { openChanges } from '../../../../client/changes.ts';
import { createTransport } from '../../../../client/transport.ts';
import type { HubsOptions } from './hubs.ts';

/** Opens connections to the API that served this script. */
export const openFor: HubsOptions['open'] = (token) => {
  const transport = createTransport({ baseUrl: '', token });
  return (follow, signal) => openChanges(transport, { follow, signal });
};
