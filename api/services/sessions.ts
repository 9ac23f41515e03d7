import type { z } from 'zod';
import type { CreateSession, Session } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { builtInAgent } from '../../contracts/find-agent.ts';
import { chooseLeniently, chooseModel } from '../../contracts/models.ts';
import { createFindAgent } from '../../definitions/find-agent.ts';
import type { Act } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import type { ApiContext } from '../context.ts';
import { resolveWorkspace } from '../workspace.ts';

/** Throws `session_not_found`. */
export const findSession = async (store: Store, id: string): Promise<Session> => {
  const session = await store.sessions.find(id);
  if (!session)
    throw new EverturnError(
      'session_not_found',
      `Cannot find session ${id}: no session has this id. List sessions with "npx everturn sessions" (GET /api/sessions)`,
    );
  return session;
};

type Dependencies = Pick<ApiContext, 'store' | 'about' | 'definitions' | 'configured'>;

/**
 * Creates a session under an id of the caller's choice; the same id again returns the session that exists. Throws
 * `idempotency_mismatch` when that session was created with other fields, `agent_not_found`, `model_unknown`, and
 * `workspace_invalid` for a workspace that is not a folder.
 */
export const createSessionService = ({ store, about, definitions, configured }: Dependencies) => {
  const findAgent = createFindAgent(definitions);

  return async (id: string, body: z.output<typeof CreateSession>, by: Act): Promise<Session> => {
    const workspace = await resolveWorkspace(body.workspace ?? about.workspace, about.workspace);
    const allow = [...new Set(body.allow)].sort();
    const definition = findAgent(body.agent);
    const agent = definition?.name ?? builtInAgent;
    const { modelChoice } = configured();
    const model =
      body.model === undefined
        ? chooseLeniently(definition?.models ?? [], modelChoice).model
        : chooseModel([body.model], modelChoice);
    await store.act(by, ({ sessions }) =>
      sessions.create({
        id,
        title: body.title ?? '',
        workspace,
        agent,
        model,
        allow,
        definition,
        schema: null,
        runId: null,
        node: null,
        budget: body.budget,
        changeMode: body.changeMode ?? configured().changeMode,
      }),
    );
    const session = await findSession(store, id);
    if (
      session.workspace !== workspace ||
      session.allow.join() !== allow.join() ||
      session.agent !== agent ||
      (body.model !== undefined && session.model !== model) ||
      session.changeMode !== (body.changeMode ?? session.changeMode)
    ) {
      throw new EverturnError(
        'idempotency_mismatch',
        'Cannot create the session: its Idempotency-Key was used for another one. Create it with a new key',
      );
    }
    store.wake(id);
    return session;
  };
};
