import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };

type Add = (program: Command) => void;

/** In the order of the help. A command reads its own module alone: to read all takes longer than most of them run. */
export const commands: Record<string, () => Promise<Add>> = {
  init: async () => (await import('./commands/init.ts')).addInit,
  up: async () => (await import('./commands/up.ts')).addUp,
  down: async () => (await import('./commands/down.ts')).addDown,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  health: async () => (await import('./commands/health.ts')).addHealth,
  trust: async () => (await import('./commands/trust.ts')).addTrust,
  run: async () => (await import('./commands/run.ts')).addRun,
  runs: async () => (await import('./commands/runs.ts')).addRuns,
  rerun: async () => (await import('./commands/rerun.ts')).addRerun,
  pause: async () => (await import('./commands/pause.ts')).addPause,
  resume: async () => (await import('./commands/pause.ts')).addResume,
  flows: async () => (await import('./commands/flows.ts')).addFlows,
  scripts: async () => (await import('./commands/scripts.ts')).addScripts,
  agents: async () => (await import('./commands/agents.ts')).addAgents,
  tools: async () => (await import('./commands/tools.ts')).addTools,
  mcp: async () => (await import('./commands/mcp.ts')).addMcp,
  memory: async () => (await import('./commands/memory.ts')).addMemory,
  schedules: async () => (await import('./commands/schedules.ts')).addSchedules,
  models: async () => (await import('./commands/models.ts')).addModels,
  keys: async () => (await import('./commands/keys.ts')).addKeys,
  prepare: async () => (await import('./commands/prepare.ts')).addPrepare,
  send: async () => (await import('./commands/send.ts')).addSend,
  chat: async () => (await import('./commands/chat.ts')).addChat,
  sessions: async () => (await import('./commands/sessions.ts')).addSessions,
  fork: async () => (await import('./commands/fork.ts')).addFork,
  subagents: async () => (await import('./commands/subagents.ts')).addSubagents,
  commands: async () => (await import('./commands/commands.ts')).addCommands,
  tail: async () => (await import('./commands/tail.ts')).addTail,
  approvals: async () => (await import('./commands/approvals.ts')).addApprovals,
  approve: async () => (await import('./commands/approve.ts')).addApprove,
  changes: async () => (await import('./commands/changes.ts')).addChanges,
  permissions: async () => (await import('./commands/permissions.ts')).addPermissions,
  cancel: async () => (await import('./commands/cancel.ts')).addCancel,
  trace: async () => (await import('./commands/trace.ts')).addTrace,
  usage: async () => (await import('./commands/usage.ts')).addUsage,
  prune: async () => (await import('./commands/prune.ts')).addPrune,
  users: async () => (await import('./commands/users.ts')).addUsers,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
};

/** Commander takes a misspelt command of a group, as in `everturn flows chek`, for an argument of the group's default command. */
export const misspelt = (message: string): string =>
  message.replace(
    /too many arguments for '(?:list|serve)'\. Expected 0 arguments but got \d+: ([^,\s]+?)[,.](?: .*)?$/m,
    "unknown command '$1'",
  );

/** `everturn` with what its commands take: with one of them if its name is given, otherwise with all. */
export const createProgram = async (given?: string): Promise<Command> => {
  const program = new Command('everturn')
    .description(packageJson.description)
    .version(packageJson.version)
    .showHelpAfterError('Run "everturn --help" for the commands')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(misspelt(text)) });
  const one = given !== undefined && Object.hasOwn(commands, given) ? commands[given] : undefined;
  for (const add of await Promise.all((one ? [one] : Object.values(commands)).map((read) => read()))) add(program);
  return program;
};
