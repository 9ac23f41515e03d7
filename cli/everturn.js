#!/usr/bin/env node
// The one file that must run on any Node from 20: everything else needs the pinned Node 24.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
// The package has what `npm pack` compiled; the working copy runs its sources.
const compiled = new URL('../dist/cli/main.js', import.meta.url);
const source = new URL('./main.ts', import.meta.url);
const main = existsSync(source) ? source : compiled;
const neededMajor = 24;

// Compiled code of this program, in the user's cache: a third of each start, of the stack's processes as well. Node
// continues without it where the folder cannot be written.
const cache = userCache();
if (cache) process.env.NODE_COMPILE_CACHE ??= join(cache, 'node');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinned = findPinnedNode();
const hostMajor = Number.parseInt(process.versions.node, 10);

// The bundlers of the workflows and of the console read these characters of a path as their own. Windows has no "?".
const misread = /[?!]/.exec(root);

if (misread !== null) {
  console.error(`Cannot start from ${root}: its path has "${misread[0]}". Move Everturn to a folder without ? and !.`);
  process.exitCode = 5;
} else if (pinned !== null && realpathSync(process.execPath) !== pinned) {
  runOn(pinned);
} else if (pinned !== null || hostMajor >= neededMajor) {
  if (process.env.NODE_COMPILE_CACHE) module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  await import(main.href);
} else {
  console.error(
    `Cannot start: this is Node ${process.versions.node}, Everturn needs ${neededMajor}, and its own copy is not installed. Install Everturn without "--omit=optional", or install Node ${neededMajor}.`,
  );
  process.exitCode = 1;
}

/** The Node that package.json pins for this platform, if npm installed it. */
function findPinnedNode() {
  const { optionalDependencies } = require('../package.json');
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = Object.keys(optionalDependencies).find((candidate) => candidate.endsWith(platform));
  try {
    const manifest = require.resolve(`${name}/package.json`);
    return realpathSync(join(dirname(manifest), require(manifest).bin.node));
  } catch {
    return null;
  }
}

/** As files/places.ts has it, where the environment names it. */
function userCache() {
  const { EVERTURN_CACHE, HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (EVERTURN_CACHE) return EVERTURN_CACHE;
  if (process.platform === 'win32') return LOCALAPPDATA && join(LOCALAPPDATA, 'everturn', 'Cache');
  if (process.platform === 'darwin') return HOME && join(HOME, 'Library', 'Caches', 'everturn');
  return (XDG_CACHE_HOME && join(XDG_CACHE_HOME, 'everturn')) || (HOME && join(HOME, '.cache', 'everturn'));
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, from the terminal; a signal sent to this process alone does not.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Cannot start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
