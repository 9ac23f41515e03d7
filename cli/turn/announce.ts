import type { Health } from '../../contracts/api.ts';
import type { SessionView } from '../../contracts/view.ts';
import type { Screen } from '../screen/screen.ts';
import { harmless, oneLine } from '../screen/style.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { offlineNote } from './offline-words.ts';
import type { Picked } from './pick-session.ts';

export const announceModel = async ({ style, note }: Screen, { model }: Health): Promise<void> => {
  if (!model.offline) return;
  note(style.yellow(await offlineNote(projectOf({}))));
};

const hows: Record<Picked['how'], string> = { new: 'new', given: 'as asked', last: 'the last one here' };

export const runningTurn = (view: SessionView | null): string | null =>
  Object.entries(view?.turns ?? {}).find(([, { status }]) => status === 'running')?.[0] ?? null;

/** Which session a message goes to, and what keeps it waiting there. */
export const announceSession = ({ style, note, width }: Screen, { session, how, view }: Picked): void => {
  const title = session.title && how !== 'new' ? `: ${oneLine(session.title, width - 60)}` : '';
  note(style.dim(`Session ${session.id} (${hows[how]})${title}`));
  const running = runningTurn(view);
  if (running) note(style.dim(`Turn ${running} runs here`));
  for (const { tool, id } of view?.approvals ?? [])
    note(style.yellow(`${harmless(tool)} waits for an approval: npx everturn approve ${id}`));
};
