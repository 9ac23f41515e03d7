import { z } from 'zod';
import { BackgroundCommand, CommandList } from '../../contracts/command-result.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

const Params = z.object({ id: z.string().min(1).max(100) });
const Query = z.object({ session: z.string().min(1).max(100).optional() });

const maxListed = 4000;

/** Without most of what it wrote. */
const brief = ({ output, outputFrom, ...command }: BackgroundCommand): BackgroundCommand => {
  const shown = output.slice(-maxListed);
  return { ...command, output: shown, outputFrom: outputFrom + output.length - shown.length };
};

/** Commands that agents run in the background. */
export const commandRoutes = (app: Api, { store }: ApiContext): void => {
  const find = async (id: string): Promise<BackgroundCommand> => {
    const found = await store.commands.find(id);
    if (found) return found;
    throw new EverturnError(
      'command_not_found',
      `Cannot find command ${id}: no command has this id. List commands with "npx everturn commands" (GET /api/commands)`,
    );
  };

  app.get(
    '/api/commands',
    { config: viewer, schema: { querystring: Query, response: { 200: CommandList } } },
    async ({ query: { session } }) => ({
      commands: (await (session === undefined ? store.commands.running() : store.commands.ofSession(session))).map(
        brief,
      ),
    }),
  );

  app.get(
    '/api/commands/:id',
    { config: viewer, schema: { params: Params, response: { 200: BackgroundCommand } } },
    async ({ params }) => find(params.id),
  );

  app.post(
    '/api/commands/:id/stop',
    { config: acts('command.stop'), schema: { params: Params, response: { 202: BackgroundCommand } } },
    async (request, reply) => {
      const { id } = request.params;
      await find(id);
      await store.act(
        actOf(request, id),
        ({ commands }) => commands.askToStop(id),
        (isAsked) => isAsked,
      );
      return reply.code(202).send(await find(id));
    },
  );
};
