import { BackgroundCommand, CommandList } from '../../contracts/command-result.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { findSession } from '../services/sessions.ts';
import { CommandParams, SessionParams } from './shared.ts';

/** Commands that the agent of a session runs in the background. */
export const commandRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/sessions/:id/commands',
    { config: viewer, schema: { params: SessionParams, response: { 200: CommandList } } },
    async ({ params }) => {
      await findSession(store, params.id);
      return { commands: await store.commands.ofSession(params.id) };
    },
  );

  app.post(
    '/api/sessions/:id/commands/:command/stop',
    { config: acts('command.stop'), schema: { params: CommandParams, response: { 202: BackgroundCommand } } },
    async (request, reply) => {
      const { id, command } = request.params;
      await findSession(store, id);
      const found = await store.commands.find(command);
      if (found?.sessionId !== id) {
        throw new EverturnError(
          'command_not_found',
          `Cannot stop command ${command}: session ${id} has none of this id. List them with GET /api/sessions/${id}/commands`,
        );
      }
      await store.act(actOf(request, id, { detail: { command } }), ({ commands }) => commands.askToStop(command));
      return reply.code(202).send(found);
    },
  );
};
