import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addAgents } from './commands/agents.ts';
import { addApprovals } from './commands/approvals.ts';
import { addApprove } from './commands/approve.ts';
import { addAudit } from './commands/audit.ts';
import { addCancel } from './commands/cancel.ts';
import { addChanges } from './commands/changes.ts';
import { addChat } from './commands/chat.ts';
import { addCommands } from './commands/commands.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { addFlows } from './commands/flows.ts';
import { addFork } from './commands/fork.ts';
import { addHealth } from './commands/health.ts';
import { addInit } from './commands/init.ts';
import { addKeys } from './commands/keys.ts';
import { addMcp } from './commands/mcp.ts';
import { addMemory } from './commands/memory.ts';
import { addModels } from './commands/models.ts';
import { addPause } from './commands/pause.ts';
import { addPermissions } from './commands/permissions.ts';
import { addPrepare } from './commands/prepare.ts';
import { addPrune } from './commands/prune.ts';
import { addRerun } from './commands/rerun.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addSchedules } from './commands/schedules.ts';
import { addScripts } from './commands/scripts.ts';
import { addSend } from './commands/send.ts';
import { addSessions } from './commands/sessions.ts';
import { addSubagents } from './commands/subagents.ts';
import { addTail } from './commands/tail.ts';
import { addTools } from './commands/tools.ts';
import { addTrace } from './commands/trace.ts';
import { addTrust } from './commands/trust.ts';
import { addUp } from './commands/up.ts';
import { addUsage } from './commands/usage.ts';
import { addUsers } from './commands/users.ts';

/** Every command of `everturn`, with what it takes. */
export const createProgram = (): Command => {
  const program = new Command('everturn')
    .description(packageJson.description)
    .version(packageJson.version)
    .showHelpAfterError('Run "everturn --help" for the commands')
    .exitOverride();

  addInit(program);
  addUp(program);
  addDown(program);
  addDoctor(program);
  addHealth(program);
  addTrust(program);
  addRun(program);
  addRuns(program);
  addRerun(program);
  addPause(program);
  addFlows(program);
  addScripts(program);
  addAgents(program);
  addTools(program);
  addMcp(program);
  addMemory(program);
  addSchedules(program);
  addModels(program);
  addKeys(program);
  addPrepare(program);
  addSend(program);
  addChat(program);
  addSessions(program);
  addFork(program);
  addSubagents(program);
  addCommands(program);
  addTail(program);
  addApprovals(program);
  addApprove(program);
  addChanges(program);
  addPermissions(program);
  addCancel(program);
  addTrace(program);
  addUsage(program);
  addPrune(program);
  addUsers(program);
  addAudit(program);
  return program;
};
