import type { Session, UpdateSession } from '../../contracts/api.ts';
import type { SystemBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { builtInAgent } from '../../contracts/find-agent.ts';
import { chooseLeniently, chooseModel } from '../../contracts/models.ts';
import { createFindAgent } from '../../definitions/find-agent.ts';
import type { Act } from '../../store/audit.ts';
import type { SessionChange } from '../../store/sessions.ts';
import type { ApiContext } from '../context.ts';
import { findSession } from './sessions.ts';

const notice = (label: SystemBody['label'], text: string): SystemBody => ({ kind: 'system', label, text });
const listed = (names: readonly string[]): string => names.join(', ') || 'nothing';

/** The notice in the transcript: what the session continues with. */
const noticesOf = (before: Session, { agent, model, allow }: SessionChange): SystemBody[] => [
  ...(agent !== undefined && agent !== before.agent
    ? [notice('notice', `The session continues with the agent "${agent}" instead of "${before.agent}".`)]
    : []),
  ...(model !== undefined && model !== before.model
    ? [notice('model-changed', `The session continues with the model "${model}" instead of "${before.model}".`)]
    : []),
  ...(allow !== undefined && allow.join() !== before.allow.join()
    ? [notice('notice', `From here on the agent may ${listed(allow)} unasked, before: ${listed(before.allow)}.`)]
    : []),
];

type Dependencies = Pick<ApiContext, 'store' | 'definitions' | 'configured'>;

/**
 * Changes a session between turns. Throws `session_busy` while one runs or a message waits, `agent_not_found` and
 * `model_unknown`; then nothing of the request is done.
 */
export const createChangeSession = ({ store, definitions, configured }: Dependencies) => {
  const findAgent = createFindAgent(definitions);

  const changeOf = ({ agent, model, allow, archived }: UpdateSession): SessionChange => {
    const definition = agent === undefined ? undefined : findAgent(agent);
    const { modelChoice } = configured();
    const chosen =
      model !== undefined
        ? chooseModel([model], modelChoice)
        : definition !== undefined
          ? chooseLeniently(definition?.models ?? [], modelChoice).model
          : undefined;
    return {
      ...(definition === undefined ? {} : { agent: definition?.name ?? builtInAgent, definition }),
      ...(chosen === undefined ? {} : { model: chosen }),
      ...(allow === undefined ? {} : { allow: [...new Set(allow)].sort() }),
      ...(archived === undefined ? {} : { archived }),
    };
  };

  return async (before: Session, body: UpdateSession, by: Act): Promise<Session> => {
    const { id } = before;
    const { title, changeMode, autoFix } = body;
    const change = changeOf(body);
    const { definition: _, ...facts } = change;
    const isRename = Object.keys(change).length === 0;
    const live = { ...(changeMode === undefined ? {} : { changeMode }), ...(autoFix === undefined ? {} : { autoFix }) };
    const detail = { ...facts, ...live };
    const act = { ...by, ...(isRename && Object.keys(live).length === 0 ? { action: 'session.rename' } : { detail }) };
    await store.act(act, async ({ sessions, permissions, fileChanges, checks }) => {
      const isDone = isRename || (await sessions.change(id, change, noticesOf(before, change)));
      // What an agent may do unasked is changed at once, a turn or not.
      const { allow } = change;
      if (!isDone && allow !== undefined && Object.keys(change).length === 1) await permissions.setAllowed(id, allow);
      else if (!isDone) {
        throw new EverturnError(
          'session_busy',
          `Cannot change session ${id}: a turn runs in it or a message waits. Change it when they are done, or cancel them first`,
        );
      }
      if (title !== undefined) await sessions.rename(id, title);
      if (changeMode !== undefined) await fileChanges.setMode(id, changeMode);
      if (autoFix !== undefined) await checks.choose(id, autoFix);
    });
    store.wake(id);
    return await findSession(store, id);
  };
};
