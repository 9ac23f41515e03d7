import { ConfigState } from '../contracts/config-changes.ts';
import { Key, KeyList } from '../contracts/keys.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type KeysApi = {
  /** The keys of everturn.yaml with their marks, never the secrets. */
  listKeys(options?: Signal): Promise<KeyList>;
  /** Has a marked key asked again at once. Throws `key_not_found`. */
  clearKey(name: string, options?: Signal): Promise<Key>;
  /** Whether everturn.yaml as it is now is in use. */
  getConfig(options?: Signal): Promise<ConfigState>;
};

export const keysApi = ({ read }: Transport): KeysApi => ({
  listKeys: ({ signal } = {}) => read(KeyList, { action: 'list keys', path: '/keys', signal }),
  clearKey: (name, { signal } = {}) =>
    read(Key, {
      action: `clear the mark of the key ${name}`,
      method: 'DELETE',
      path: `/keys/${encodeURIComponent(name)}/marks`,
      signal,
    }),
  getConfig: ({ signal } = {}) => read(ConfigState, { action: 'read the configuration', path: '/config', signal }),
});
