// npm run shape -- [REVISION]: lines of code and of tests in each folder, and how long files are, in a revision and now.
import { execFileSync } from 'node:child_process';

const [before] = process.argv.slice(2);
const code = ['*.ts', '*.js', '*.cjs', '*.sql'];
const left = [':!store/migrations', ':!store/schema.sql', ':!test/upgrades/states', ':!test/script-cases'];
const isTest = (file) => /\.test\.ts$|(^|\/)(testing|test)\//.test(file);

/** Lines of each file: of a revision, or of the working copy. */
const linesOf = (revision) => {
  const from = revision === undefined ? [] : [revision];
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const rows = execFileSync('git', ['grep', '-c', '', ...from, '--', ...code, ...left], options)
    .trim()
    .split('\n');
  return new Map(
    rows.map((row) => {
      const [, file, lines] = /^(?:[^:]*:)?([^:]+):(\d+)$/.exec(row);
      return [file, Number(lines)];
    }),
  );
};

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const shapeOf = (lines) => {
  const files = [...lines].map(([file, count]) => ({ folder: file.split('/')[0], file, count }));
  const folders = new Map();
  for (const one of files.filter(({ file }) => file.includes('/')))
    folders.set(one.folder, [...(folders.get(one.folder) ?? []), one]);
  const row = (some) => {
    const [ours, tests] = [some.filter(({ file }) => !isTest(file)), some.filter(({ file }) => isTest(file))];
    const counts = ours.map(({ count }) => count);
    return [ours.length, sum(counts), sum(tests.map(({ count }) => count)), median(counts), Math.max(0, ...counts)];
  };
  return new Map([...[...folders].map(([folder, some]) => [folder, row(some)]), ['all', row(files)]]);
};

const shapes = (before === undefined ? [undefined] : [before, undefined]).map((revision) => shapeOf(linesOf(revision)));
const heads = ['files', 'lines', 'lines of tests', 'median', 'longest'];
console.log(`| folder | ${heads.join(' | ')} |\n| --- |${' --- |'.repeat(heads.length)}`);
const names = [...new Set(shapes.flatMap((shape) => [...shape.keys()]))].filter((name) => name !== 'all').toSorted();
for (const name of [...names, 'all']) {
  const cells = heads.map((_, index) => shapes.map((shape) => shape.get(name)?.[index] ?? 0).join(' → '));
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
