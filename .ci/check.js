// `npm run check`: its parts, two at a time, each with its output in one piece. All run, whatever fails.
import { spawn } from 'node:child_process';

// The longest first.
const parts = ['types', 'words', 'imports', 'dead', 'lint', 'licences'];
const atOnce = 2;
let isFailed = false;

const run = (name) =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', `check:${name}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => output.push(piece));
    child.on('close', (code) => {
      if (code !== 0) isFailed = true;
      process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'} check:${name}\n`);
      process.stdout.write(Buffer.concat(output));
      resolve();
    });
  });

const worker = async () => {
  for (let name = parts.shift(); name !== undefined; name = parts.shift()) await run(name);
};

await Promise.all(Array.from({ length: atOnce }, worker));
process.exitCode = isFailed ? 1 : 0;
