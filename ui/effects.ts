import type { RequestHandlers } from './events.ts';
import { createStaged } from './inbox/effects/staged.ts';
import { createTables } from './list/effects/tables.ts';
import { addView, removeView } from './list/model/views.ts';
import { createOpenWorkflow } from './machine/effects/open-workflow.ts';
import type { Navigation } from './navigation.ts';
import { createParts } from './operate/effects/parts.ts';
import { createCompareRuns } from './run/effects/compare-runs.ts';
import { createFollowRun } from './run/effects/follow-run.ts';
import { createOpenRun } from './run/effects/open-run.ts';
import { createRuns } from './run/effects/runs.ts';
import { createAttachments } from './session/effects/attachments.ts';
import { createBeside } from './session/effects/beside.ts';
import { createMessages } from './session/effects/messages.ts';
import { createOpenSession } from './session/effects/open-session.ts';
import { createSessions } from './session/effects/sessions.ts';
import { createSubagents } from './session/effects/subagents.ts';
import { createLists } from './shell/effects/lists.ts';
import { keepPlace } from './shell/effects/place.ts';
import { saveFile } from './shell/effects/save-file.ts';
import { notify, type Store } from './shell/effects/store.ts';
import { carry, carryAlone } from './shell/effects/streams/carrier.ts';
import { createLive } from './shell/effects/streams/live.ts';
import { whySilent } from './shell/effects/why-silent.ts';
import { type Address, addressOfRun } from './shell/model/address.ts';

export type Effects = ReturnType<typeof createEffects>;

/** All that acts on the world, and the requests that lead to it. */
export const createEffects = (store: Store, navigation: Navigation, useToken: (token: string) => void) => {
  const subagents = createSubagents(store, (id) => navigation.toSession(id));
  const tables = createTables(store);
  const parts = createParts(store, saveFile);
  const live = createLive({ carry, carryAlone, why: (signal) => whySilent(store.api(), signal) });
  const lists = createLists(store, live, subagents.read, tables.refresh);
  const session = createOpenSession(store, live);
  const sessions = createSessions(store, (id) => navigation.toSession(id));
  const staged = createStaged(store);
  const messages = createMessages(store);
  const beside = createBeside(store, navigation);
  const attachments = createAttachments(store);
  const runs = createRuns(store, lists, (id) => navigation.toRun(id));
  const run = createOpenRun(store, (id) => navigation.toRun(id));
  const following = createFollowRun(store, live);
  const comparing = createCompareRuns(store);
  const workflow = createOpenWorkflow(store);
  const openId = (): string => store.get().conversation?.sessionId ?? '';

  const handlers: RequestHandlers = {
    go: ({ address, replace }) => navigation.to(address, replace),
    'more-rows': ({ list }) => tables.more(list),
    'read-rows': ({ list }) => tables.retry(list),
    'save-view': (view) => {
      const views = addView(store.get().views, view);
      if (typeof views === 'string') notify(store, 'error', views);
      else store.dispatch({ type: 'views', views });
    },
    'remove-view': (view) => store.dispatch({ type: 'views', views: removeView(store.get().views, view) }),
    'read-part': ({ part }) => parts.read(part),
    'change-schedule': (change) => parts.changeSchedule(change),
    'clear-key': ({ name }) => parts.clearKey(name),
    'remove-permission': ({ id }) => parts.removePermission(id),
    'change-note': (note) => parts.changeNote(note),
    'remove-note': (note) => parts.removeNote(note),
    'download-usage': () => parts.downloadUsage(),
    'use-token': ({ token }) => useToken(token),
    'sign-in': () => keepPlace(),
    'open-session': ({ id, turn }) => navigation.toSession(id, turn),
    'open-run': ({ id, target, tab, other }) => navigation.toRun(id, target, tab, other),
    'open-workflow': ({ id }) => navigation.toWorkflow(id),
    'ask-workflow': (asked) => workflow.ask(asked),
    'open-start': ({ tab, name }) => navigation.toStart(tab, name),
    'show-place': ({ target }) => {
      const open = store.get().run;
      if (open) navigation.name(addressOfRun(open.runId, target, open.tab, open.other));
    },
    'show-list': ({ list }) => store.dispatch({ type: 'rail-list', list }),
    'search-text': ({ q }) => tables.searchText(q),
    'search-sessions': ({ q }) => lists.search(q),
    'more-sessions': () => lists.more(),
    'filter-runs': ({ status }) => runs.filter(status),
    'more-runs': () => runs.more(),
    'load-flows': () => runs.readFlows(),
    'load-scripts': () => runs.readScripts(),
    'start-run': (body) => runs.start(body),
    'ask-run': ({ verb }) => run.ask(verb),
    'offer-rerun': ({ from }) => {
      const open = store.get().run;
      if (open) store.dispatch({ type: 'rerun-from', runId: open.runId, step: from });
      store.dispatch({ type: 'panel', panel: 'rerun' });
    },
    rerun: (body) => run.rerun(body),
    'load-items': (request) => run.loadItems(request),
    'load-result': (target) => run.loadResult(target),
    'load-comparable': () => comparing.loadComparable(),
    'load-compared': ({ other }) => comparing.load(other),
    'load-compared-result': (target) => comparing.loadResult(target),
    'load-report': () => run.loadReport(),
    'load-source': () => run.loadSource(),
    'load-ends': () => run.loadEnds(),
    download: ({ name }) => run.download(name),
    'create-session': (request) => sessions.create(request, messages.send),
    'rename-session': ({ id, title }) => sessions.rename(id, title),
    'archive-session': ({ id, archived }) => sessions.archive(id, archived),
    'delete-session': ({ id }) => sessions.remove(id),
    'fork-session': ({ turn }) => sessions.fork(openId(), turn),
    'send-message': ({ text, whenBusy }) => messages.send(openId(), text, whenBusy),
    'edit-draft': ({ text }) => store.dispatch({ type: 'draft', sessionId: openId(), text }),
    'attach-files': ({ files }) => attachments.attach(openId(), files),
    'remove-attachment': ({ key }) => attachments.remove(openId(), key),
    'read-attachment': (wanted) => attachments.read(wanted),
    'send-again': ({ key }) => messages.sendAgain(key),
    'discard-message': ({ key }) => store.dispatch({ type: 'outbox-removed', key }),
    'cancel-turn': () => session.cancel(),
    'load-staged': (wanted) => staged.load(wanted),
    'decide-staged': (decided) => staged.decide(decided),
    'answer-approval': (answer) => messages.answer(answer),
    'answer-several': (answers) => messages.answerSeveral(answers),
    'answer-question': (answer) => messages.answerQuestion(answer),
    'show-subagents': ({ ofSession }) => store.dispatch({ type: 'subagents-shown', ofSession }),
    'cancel-subagent': ({ id }) => subagents.cancel(id),
    'ask-to-notify': () => subagents.askToNotify(),
    'load-older': () => session.loadOlder(),
    'select-place': ({ place }) => beside.select(place),
    'show-side': ({ tab }) => beside.show(tab),
    'close-side': () => beside.close(),
    'load-models': ({ show }) => beside.loadModels(show),
    'load-survived': ({ runId, show }) => beside.loadSurvived(runId, show),
    'load-turns': ({ more }) => beside.loadTurns(more),
    'load-request': (of) => beside.loadRequest(of),
    'load-changes': () => beside.loadChanges(),
    'decide-changes': (body) => beside.decide(body),
    'undo-changes': (body) => beside.undo(body),
    'load-commands': () => beside.loadCommands(),
    'stop-command': ({ id }) => beside.stopCommand(id),
    'change-session': (changes) => sessions.change(openId(), changes),
    'withdraw-message': ({ id }) => messages.withdraw(openId(), id),
    'edit-message': ({ id }) => messages.edit(openId(), id),
    'edit-turn': ({ turn, text }) => sessions.editTurn(openId(), turn, text),
    'load-session-trace': ({ more }) => session.loadSessionTrace(more),
    'load-trace': ({ turn }) => session.loadTrace(turn),
    reconnect: () => (store.get().run ? following.reconnect() : session.reconnect()),
    'choose-theme': ({ theme }) => store.dispatch({ type: 'theme', theme }),
    'choose-density': ({ density }) => store.dispatch({ type: 'density', density }),
    'show-panel': ({ panel }) => store.dispatch({ type: 'panel', panel }),
    'show-rail': ({ open }) => store.dispatch({ type: 'rail', open }),
    notify: ({ text }) => notify(store, 'info', text),
    'dismiss-notice': ({ id }) => store.dispatch({ type: 'notice-dismissed', id }),
  };

  /** Reads what the page at an address shows, beside a session and a run. */
  const openView = (address: Address): void => {
    if (address.page === 'list') tables.open(address.list, address.search);
    if (address.page === 'operate') parts.open(address.what, address.search);
    else parts.open(null, '');
  };

  return { lists, session, following, workflow, openView, handlers };
};
