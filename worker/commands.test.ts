import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../activities/tools/run-command.ts';
import { isRunning, temporaryFolder, testContext } from '../activities/tools/test-context.ts';
import { eventually } from '../test/support/until.ts';
import { confineCommands, endCommandsOf } from './commands.ts';

test.runIf(process.platform === 'linux')(
  'what commands of a dead worker left running is ended, wherever it moved',
  async () => {
    const workspace = await temporaryFolder();
    const id = `worker-${randomUUID()}`;
    const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const script = `
    import { spawnProgram } from ${url('../activities/tools/confine/confinement.ts')};
    spawnProgram(['sh', '-c', 'setsid sh -c "echo \\$\\$ > pid; exec sleep 300" & sleep 300'], {
      cwd: ${JSON.stringify(workspace)}, env: { PATH: process.env.PATH, EVERTURN_WORKER: ${JSON.stringify(id)} } });`;
    const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const pid = await eventually(async () => {
      const number = Number(await readFile(path.join(workspace, 'pid'), 'utf8'));
      if (!number) throw new Error('Not written yet');
      return number;
    });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(isRunning(pid)).toBe(true);
    expect(await endCommandsOf(id)).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
    expect(await endCommandsOf(id)).toBe(0);
  },
);

test.runIf(process.platform === 'linux')(
  'a command reaches neither code that our processes load nor what a person has trusted',
  async (context) => {
    const project = await temporaryFolder();
    const { XDG_CONFIG_HOME } = process.env;
    process.env.XDG_CONFIG_HOME = path.join(project, 'config');
    onTestFinished(() => {
      process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
    });
    const files = ['.everturn/cache/workflows.js', 'config/everturn/projects/trust.json'].map((file) =>
      path.join(project, file),
    );
    for (const file of files) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, 'ours');
    }
    const config = { commands: { sandbox: 'auto' as const } };
    const { confinement } = await confineCommands({ project, config, workerId: null });
    // The others cover nothing, which docs/security.md says.
    if (!['namespaces', 'bwrap'].includes(confinement.kind)) context.skip();
    const argv = ['sh', '-c', 'for file; do echo theirs > "$file"; cat "$file"; done; :', 'sh', ...files];
    const { text } = await runCommand.run({ argv }, await testContext({ workspace: project, confinement }));
    expect(text).not.toMatch(/ours\n|theirs\n/);
    for (const file of files) expect(await readFile(file, 'utf8')).toBe('ours');
  },
);
