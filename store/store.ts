import { approvalQueries } from './approvals.ts';
import { artifactQueries } from './artifacts.ts';
import { attachmentQueries } from './attachments.ts';
import { type Act, auditQueries, withKey } from './audit.ts';
import { callQueries } from './calls.ts';
import { checkQueries } from './checks.ts';
import { chunkQueries } from './chunks.ts';
import { commandQueries } from './commands.ts';
import { configQueries } from './configs.ts';
import { contentQueries } from './contents.ts';
import { contextQueries } from './context.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { deltaQueries } from './deltas.ts';
import { fileChangeQueries } from './file-changes.ts';
import { keyQueries } from './keys.ts';
import { messageQueries } from './messages.ts';
import { nodeQueries } from './nodes.ts';
import { operationQueries } from './operations.ts';
import { permissionQueries } from './permissions.ts';
import { pruneQueries } from './prune.ts';
import { questionQueries } from './questions.ts';
import { requestQueries } from './requests.ts';
import { resultQueries } from './results.ts';
import { runFamilyQueries } from './run-family.ts';
import { runLimitQueries } from './run-limits.ts';
import { runQueueQueries } from './run-queue.ts';
import { runStarterQueries } from './run-starters.ts';
import { runViewQueries } from './run-view.ts';
import { runQueries } from './runs.ts';
import { scheduledFlowQueries } from './scheduled-flows.ts';
import { searchQueries } from './search.ts';
import { sentRequestQueries } from './sent-requests.ts';
import { sessionFileQueries } from './session-files.ts';
import { sessionQueries } from './sessions.ts';
import { readView } from './snapshot.ts';
import { spanQueries } from './spans.ts';
import { stackQueries } from './stack.ts';
import { streamQueries } from './streams.ts';
import { subagentCareQueries } from './subagent-care.ts';
import { subagentQueries } from './subagents.ts';
import { toolSourceQueries } from './tool-sources.ts';
import { toolTraceQueries } from './tool-traces.ts';
import { turnSummaryQueries } from './turn-summaries.ts';
import { turnQueries } from './turns.ts';
import { upgradeQueries } from './upgrades.ts';
import { usageReportQueries } from './usage-report.ts';
import { userQueries } from './users.ts';
import { createNotifier } from './wakeups.ts';
import { workQueries } from './work.ts';
import { workerQueries } from './workers.ts';

const queriesOf = (database: Database) => ({
  sessions: sessionQueries(database),
  sessionFiles: sessionFileQueries(database),
  search: searchQueries(database),
  prune: pruneQueries(database),
  keys: keyQueries(database),
  configs: configQueries(database),
  messages: messageQueries(database),
  turns: turnQueries(database),
  turnSummaries: turnSummaryQueries(database),
  operations: operationQueries(database),
  deltas: deltaQueries(database),
  chunks: chunkQueries(database),
  approvals: approvalQueries(database),
  permissions: permissionQueries(database),
  commands: commandQueries(database),
  spans: spanQueries(database),
  toolTraces: toolTraceQueries(database),
  requests: requestQueries(database),
  sentRequests: sentRequestQueries(database),
  streams: streamQueries(database),
  runs: runQueries(database),
  runFamily: runFamilyQueries(database),
  runView: runViewQueries(database),
  runLimits: runLimitQueries(database),
  runStarters: runStarterQueries(database),
  scheduledFlows: scheduledFlowQueries(database),
  nodes: nodeQueries(database),
  calls: callQueries(database),
  results: resultQueries(database),
  runQueue: runQueueQueries(database),
  contents: contentQueries(database),
  context: contextQueries(database),
  questions: questionQueries(database),
  artifacts: artifactQueries(database),
  attachments: attachmentQueries(database),
  fileChanges: fileChangeQueries(database),
  checks: checkQueries(database),
  subagents: subagentQueries(database),
  subagentCare: subagentCareQueries(database),
  upgrades: upgradeQueries(database),
  toolSources: toolSourceQueries(database),
  workers: workerQueries(database),
  work: workQueries(database),
  stack: stackQueries(database),
  usage: usageReportQueries(database),
  users: userQueries(database),
  audit: auditQueries(database),
});

type Queries = ReturnType<typeof queriesOf>;

/** All that the other folders know of Postgres. Opened and closed in one place of each process. */
export const openStore = (options: DatabaseOptions) => {
  const database = openDatabase(options);
  const notifier = createNotifier(database);
  return {
    database,
    ...queriesOf(database),
    /**
     * Does an act and writes it into the audit log, in one transaction. `work` uses the queries that it is given, and may
     * be run twice; `isDone`: whether its result is an act that happened. Default: it is. Without an act, only the work is done.
     */
    async act<Result>(
      act: Act | undefined,
      work: (queries: Queries) => Promise<Result>,
      isDone: (result: Result) => boolean = () => true,
    ): Promise<Result> {
      if (!act) return await work(queriesOf(database));
      const keyed = withKey(act);
      return await database.transaction(async (within) => {
        const queries = queriesOf(within);
        const result = await work(queries);
        if (isDone(result)) await queries.audit.write(keyed);
        return result;
      });
    },
    view: (sessionId: string, limit = 200) => readView(database, sessionId, limit),
    wake: notifier.wake,
    wakeAll: notifier.wakeAll,
    wakeRun: notifier.wakeRun,
    wakeQueue: notifier.wakeQueue,
    wakeUsers: notifier.wakeUsers,
    ping: notifier.ping,
    async close(): Promise<void> {
      await notifier.flushed();
      await database.close();
    },
  };
};

export type Store = ReturnType<typeof openStore>;
