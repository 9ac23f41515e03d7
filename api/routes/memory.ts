import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { ChangeNote, memoryPlaces, Note, NoteList } from '../../contracts/memory.ts';
import { openNotes } from '../../notes/notes.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

const NoteParams = z.object({
  place: z.string().min(1).max(20),
  topic: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
});
type NoteParams = z.infer<typeof NoteParams>;

const idOf = ({ topic, name }: NoteParams): string => `${topic}/${name}`;

const placeOf = ({ place }: NoteParams) => memoryPlaces.find((one) => one === place);

const missing = (action: string, params: NoteParams): EverturnError =>
  new EverturnError(
    'note_not_found',
    `Cannot ${action} the ${params.place} note ${idOf(params)}: there is no such note. List notes with "npx everturn memory" (GET /api/memory)`,
  );

/** The notes that agents keep from session to session. */
export const memoryRoutes = (app: Api, { store, about }: ApiContext): void => {
  const notes = openNotes(about.workspace);

  app.get('/api/memory', { config: viewer, schema: { response: { 200: NoteList } } }, async () => ({
    notes: notes.list(),
    folders: notes.folders,
  }));

  app.patch(
    '/api/memory/:place/:topic/:name',
    { config: acts('memory.change'), schema: { params: NoteParams, body: ChangeNote, response: { 200: Note } } },
    async (request) => {
      const { params, body } = request;
      const place = placeOf(params);
      const changed = place && notes.change(place, idOf(params), body);
      if (!changed) throw missing('change', params);
      await store.audit.write(actOf(request, idOf(params), { detail: { place: params.place } }));
      return changed;
    },
  );

  app.delete(
    '/api/memory/:place/:topic/:name',
    { config: acts('memory.remove'), schema: { params: NoteParams, response: { 204: z.null() } } },
    async (request, reply) => {
      const { params } = request;
      const place = placeOf(params);
      if (!place || !notes.remove(place, idOf(params))) throw missing('remove', params);
      await store.audit.write(actOf(request, idOf(params), { detail: { place: params.place } }));
      return reply.code(204).send(null);
    },
  );
};
