// npm run test:package: packs Everturn, installs the package into an empty folder and uses it there as a newcomer would.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(import.meta.dirname, '..');
const temporary = mkdtempSync(path.join(os.tmpdir(), 'everturn-package-'));
// As root, Postgres runs as another user, who has to pass.
chmodSync(temporary, 0o755);
const project = path.join(temporary, 'project');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** As a newcomer has it: none of our programs on PATH, nothing set, a home that has trusted nothing. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|EVERTURN_|NODE_|DATABASE_URL|TEMPORAL_)/i.test(name)),
);
env.PATH = env.PATH.split(path.delimiter)
  .filter((folder) => !folder.startsWith(root))
  .join(path.delimiter);
env.XDG_CONFIG_HOME = path.join(temporary, 'config');
env.NO_COLOR = '1';

const run = async (cwd, program, args, more = {}) => {
  const options = { cwd, env: { ...env, ...more }, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 };
  try {
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`);
  }
};
const everturn = (...args) => run(project, path.join(project, 'node_modules', '.bin', 'everturn'), args);

const expectIn = (text, ...wanted) => {
  for (const one of wanted) if (!text.includes(one)) throw new Error(`Expected ${JSON.stringify(one)} in:\n${text}`);
};

const began = performance.now();
const step = async (name, work) => {
  const started = performance.now();
  await work();
  console.log(`${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
};

let isUp = false;
try {
  await step('npm pack', async () => {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', temporary], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
  await step('npm install in an empty folder', async () => {
    mkdirSync(project);
    const file = path.join(temporary, `everturn-${version}.tgz`);
    await run(project, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error', file]);
  });
  await step('npx everturn init', async () => {
    expectIn(await run(project, 'npx', ['everturn', 'init']), 'Wrote everturn.yaml', 'npx everturn up');
    expectIn(await everturn('trust'), `${project} is trusted`);
    const again = await everturn('init').then(
      () => 'it wrote over a project',
      (error) => error.message,
    );
    expectIn(again, 'it has everturn.yaml');
  });
  await step('types of everturn/client and everturn/tools', async () => {
    cpSync(path.join(root, 'examples', 'client'), path.join(project, 'client'), { recursive: true });
    cpSync(path.join(root, 'examples', 'tools'), path.join(project, 'tools'), { recursive: true });
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs', 'client.md'), 'utf8'));
    writeFileSync(path.join(project, 'client', 'documented.ts'), example);
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules', '@types')],
    };
    writeFileSync(
      path.join(project, 'package.json'),
      JSON.stringify({ ...JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')), type: 'module' }),
    );
    writeFileSync(
      path.join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['client', 'tools'] }),
    );
    await run(project, process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  });
  let apiUrl;
  await step('npx everturn up', async () => {
    const lines = (await everturn('up', '--detach', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    isUp = true;
    apiUrl = lines.find(({ type }) => type === 'ready').apiUrl;
    expectIn(await (await fetch(apiUrl)).text(), '<title>');
  });
  const token = readFileSync(path.join(project, '.everturn', 'token'), 'utf8').trim();
  const program = (file) => run(project, process.execPath, [file], { EVERTURN_API_URL: apiUrl, EVERTURN_TOKEN: token });
  // Side by side: most of it is waiting for the offline model.
  await Promise.all([
    step('a message', async () => {
      expectIn(await everturn('send', '--new', 'Which files are here?'), 'everturn.yaml', 'package.json');
    }),
    step('the flow', async () => {
      expectIn(await everturn('run', 'tour'), '# A tour of .', 'written by the agent');
    }),
    step('the script', async () => {
      expectIn(await everturn('run', 'look-around', '--json'), '"completed"');
    }),
    step('the tool', async () => {
      expectIn(await everturn('tools', 'run', 'count_words', '--args', '{"text":"one two three"}'), '{"words":3}');
      expectIn(await everturn('send', '--new', 'call count_words {"text":"one two three four"}'), '{"words":4}');
    }),
    step('examples/client', async () => expectIn(await program('client/ask.ts'), 'everturn.yaml')),
    step('the example of docs/client.md', async () => {
      const said = await program('client/documented.ts');
      expectIn(said, 'The turn completed after', 'The run completed with { words:');
    }),
  ]);
  await step('npx everturn down', async () => {
    await everturn('down');
    isUp = false;
  });
  console.log(`The package works (${((performance.now() - began) / 1000).toFixed(0)} s)`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (isUp) await everturn('down').catch((error) => console.error(error.message));
  rmSync(temporary, { recursive: true, force: true });
}
