import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { Key, KeyList } from '../../contracts/keys.ts';
import type { StoredMark } from '../../store/keys.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

const KeyParams = z.object({ name: z.string().min(1).max(200) });

/** The keys of everturn.yaml by name, and which of them rest. */
export const keyRoutes = (app: Api, { store, configured, delivery }: ApiContext): void => {
  const listed = async (): Promise<Key[]> => {
    const marks = await store.keys.marks();
    const ofKey = (name: string): StoredMark[] => marks.filter(({ key, leftMs }) => key === name && leftMs > 0);
    return configured().keys.map((key) => ({ ...key, marks: ofKey(key.name) }));
  };

  const find = async (name: string): Promise<Key> => {
    const key = (await listed()).find((one) => one.name === name);
    if (key) return key;
    const known = configured()
      .keys.map((one) => `"${one.name}"`)
      .join(', ');
    throw new EverturnError(
      'key_not_found',
      `Cannot clear the key "${name}": everturn.yaml names ${known || 'none'}. Name one of these`,
    );
  };

  app.get('/api/keys', { config: viewer, schema: { response: { 200: KeyList } } }, async () => ({
    keys: await listed(),
  }));

  app.delete(
    '/api/keys/:name/marks',
    { config: acts('key.clear'), schema: { params: KeyParams, response: { 200: Key } } },
    async (request) => {
      const { name } = request.params;
      await find(name);
      await store.act(
        actOf(request, name),
        ({ keys }) => keys.clear(name),
        (isCleared) => isCleared,
      );
      await delivery.keysCleared();
      return await find(name);
    },
  );
};
