import { describe, expect, test } from 'vitest';
import { decide, permissionRules } from './decide.ts';
import { PermissionRule, PlacedRule } from './rule.ts';
import type { Subject } from './subject.ts';

const workspace = '/home/u/work';
const plain: Subject = {
  tool: 'read_file',
  kind: 'read',
  isAsking: false,
  agent: 'default',
  workspace,
  home: '/home/u',
  paths: [],
  hosts: [],
  command: null,
};

type Run = Partial<NonNullable<Subject['command']>> & Partial<Pick<Subject, 'paths' | 'hosts'>>;
const run = (argv: string[], { paths = [], hosts = [], ...more }: Run = {}): Subject => ({
  ...plain,
  tool: 'run_command',
  kind: 'run',
  paths,
  hosts,
  command: { argv, names: [], isOwn: false, cwd: workspace, shellText: null, ...more },
});
const sh = (text: string): Subject => run(['sh', '-c', text]);
/** As run_command has it where everturn.yaml names a shell. */
const shell = (text: string): Subject => run(['/bin/sh', '-c', text], { shellText: text });
const read = (path: string | null, more: Partial<Subject> = {}): Subject => ({ ...plain, paths: [path], ...more });
const write = (...paths: (string | null)[]): Subject => ({ ...plain, tool: 'write_file', kind: 'write', paths });
const fetch = (host: string): Subject => ({ ...plain, tool: 'web_fetch', hosts: [host] });

const place = (rule: PermissionRule, index: number): PlacedRule => ({
  source: 'project',
  id: null,
  place: `everturn.yaml, permissions[${index}]`,
  rule: PermissionRule.parse(rule),
});
const allowRun: PermissionRule = { decision: 'allow', kind: 'run' };
const allow = (command: string): PermissionRule => ({ decision: 'allow', command });
const deny = (command: string): PermissionRule => ({ decision: 'deny', command });
const denyPath = (path: string): PermissionRule => ({ decision: 'deny', path });
const allowPath = (path: string): PermissionRule => ({ decision: 'allow', path });

type Row = [what: string, subject: Subject, rules: PermissionRule[], expected: 'allow' | 'ask' | 'deny'];

const check = (rows: Row[]) =>
  test.each(rows)('%s', (_what, subject, rules, expected) => {
    expect(decide(subject, rules.map(place)).decision).toBe(expected);
  });

describe('without rules', () => {
  check([
    ['reading is allowed', read(`${workspace}/a`), [], 'allow'],
    ['writing asks', write(`${workspace}/a`), [], 'ask'],
    ['running asks', run(['ls']), [], 'ask'],
    ['what always asks does', { ...plain, isAsking: true }, [], 'ask'],
    ['also where its kind is allowed', { ...plain, isAsking: true }, [{ decision: 'allow', kind: 'read' }], 'ask'],
    [
      'but not where a rule names it',
      { ...plain, isAsking: true },
      [{ decision: 'allow', tool: 'read_file' }],
      'allow',
    ],
  ]);
});

describe('deny beats ask beats allow', () => {
  check([
    ['ask over allow', run(['npm', 'test']), [allow('npm test'), { decision: 'ask', kind: 'run' }], 'ask'],
    ['deny over ask', run(['npm', 'test']), [{ decision: 'ask', command: 'npm test' }, deny('npm')], 'deny'],
    ['whatever the order', run(['npm', 'test']), [deny('npm'), allow('npm test')], 'deny'],
    [
      'a general deny over a special allow',
      run(['npm', 'test']),
      [{ decision: 'deny', kind: 'run' }, allow('npm test')],
      'deny',
    ],
  ]);
});

describe('a rule is about tools and agents', () => {
  check([
    ['a tool by name', read('/x'), [{ decision: 'deny', tool: 'read_file' }], 'deny'],
    ['another tool', read('/x'), [{ decision: 'deny', tool: 'write_file' }], 'allow'],
    [
      'tools by a pattern',
      { ...plain, tool: 'github__create_issue' },
      [{ decision: 'deny', tool: 'github__*' }],
      'deny',
    ],
    ['a pattern in the middle', { ...plain, tool: 'a__create_b' }, [{ decision: 'deny', tool: 'a__*_b' }], 'deny'],
    ['a dot is a dot', { ...plain, tool: 'axb' }, [{ decision: 'deny', tool: 'a.b' }], 'allow'],
    ['its agent', { ...read('/x'), agent: 'coder' }, [{ decision: 'deny', agent: 'coder' }], 'deny'],
    ['another agent', { ...read('/x'), agent: 'writer' }, [{ decision: 'deny', agent: 'coder' }], 'allow'],
    ['a kind', write('/x'), [{ decision: 'allow', kind: 'write' }], 'allow'],
  ]);
});

describe('a command is allowed word by word', () => {
  check([
    ['as it is', run(['npm', 'test']), [allow('npm test')], 'allow'],
    ['with more arguments it is another', run(['npm', 'test', '--', '-u']), [allow('npm test')], 'ask'],
    ['a star lets them follow', run(['npm', 'test', '--', '-u']), [allow('npm test *')], 'allow'],
    ['a star lets nothing follow', run(['npm', 'test']), [allow('npm test *')], 'allow'],
    ['a word is whole', run(['npm', 'testify']), [allow('npm test *')], 'ask'],
    ['a program is whole', run(['npmx', 'test']), [allow('npm test *')], 'ask'],
    ['words in one argument are one word', run(['npm test']), [allow('npm test')], 'ask'],
    ['an operator in an argument', run(['npm', 'test; rm -rf /']), [allow('npm test')], 'ask'],
    ['a line break in an argument', run(['npm', 'test\nrm']), [allow('npm test')], 'ask'],
    ['a quoted word of the rule', run(['git', 'commit', '-m', 'a b']), [allow('git commit -m "a b"')], 'allow'],
    ['upper case is another program', run(['NPM', 'test']), [allow('npm test')], 'ask'],
    ['a path of the program is another program', run(['./npm', 'test']), [allow('npm test')], 'ask'],
    ['an absolute path too', run(['/tmp/npm', 'test']), [allow('npm test')], 'ask'],
    ['a program of the workspace on PATH', run(['npm', 'test'], { isOwn: true }), [allow('npm test')], 'ask'],
    ['behind env', run(['env', 'PATH=/tmp', 'npm', 'test']), [allow('npm test')], 'ask'],
    ['an assignment', run(['PATH=/tmp', 'npm', 'test']), [allow('npm test')], 'ask'],
    ['in a shell', sh('npm test'), [allow('npm test')], 'ask'],
    ['in another folder', run(['npm', 'test'], { cwd: `${workspace}/evil` }), [allow('npm test')], 'ask'],
    [
      'in a folder that the rule names',
      run(['npm', 'test'], { cwd: `${workspace}/packages/a` }),
      [{ ...allow('npm test'), path: 'packages/*' }],
      'allow',
    ],
    ['in no folder that can be told', run(['npm', 'test'], { cwd: null }), [allow('npm test')], 'ask'],
    ['a path alone allows no command', run(['cat', 'a'], { paths: [`${workspace}/a`] }), [allowPath('**')], 'ask'],
  ]);
});

describe('what a star covers has limits', () => {
  check([
    ['git log', run(['git', 'log', '--oneline']), [allow('git log *')], 'allow'],
    ['git -c before the word', run(['git', '-c', 'core.pager=sh', 'log']), [allow('git log *')], 'ask'],
    ['git -c behind a general rule', run(['git', '-c', 'alias.x=!sh', 'x']), [allow('git *')], 'ask'],
    ['git --config-env', run(['git', '--config-env=core.pager=X', 'log']), [allow('git *')], 'ask'],
    ['git -C', run(['git', '-C', '/evil', 'status']), [allow('git *')], 'ask'],
    ['git --exec-path', run(['git', '--exec-path=/tmp', 'status']), [allow('git *')], 'ask'],
    ['git diff --output', run(['git', 'diff', '--output=/home/u/.bashrc']), [allow('git diff *')], 'ask'],
    [
      'git ls-remote --upload-pack, abbreviated',
      run(['git', 'ls-remote', '--upload-pa=touch x', 'h:r']),
      [allow('git ls-remote *')],
      'ask',
    ],
    ['git config', run(['git', 'config', 'core.fsmonitor', 'sh']), [allow('git *')], 'ask'],
    ['what the rule names itself', run(['git', 'config', 'user.name']), [allow('git config *')], 'allow'],
    ['find -exec', run(['find', '.', '-exec', 'sh', '{}', ';']), [allow('find *')], 'ask'],
    ['find -delete', run(['find', '.', '-delete']), [allow('find . *')], 'ask'],
    ['find', run(['find', '.', '-name', '*.ts']), [allow('find . *')], 'allow'],
    ['rg --pre', run(['rg', '--pre', 'sh', 'x']), [allow('rg *')], 'ask'],
    ['rg --pre=', run(['rg', '--pre=sh', 'x']), [allow('rg *')], 'ask'],
    ['sort -o in a cluster', run(['sort', '-uo', 'x']), [allow('sort *')], 'ask'],
    ['sort --compress-program, abbreviated', run(['sort', '--compress-pro=sh']), [allow('sort *')], 'ask'],
    ['sed, whose script runs commands', run(['sed', '1e touch x']), [allow('sed -n *')], 'ask'],
    ['man with another pager', run(['man', '-P', 'sh', 'ls']), [allow('man *')], 'ask'],
    ['tar --checkpoint-action', run(['tar', '--checkpoint-action=exec=sh', '-cf', 'x']), [allow('tar *')], 'ask'],
    ['curl -o', run(['curl', '-o', '.bashrc', 'https://x']), [allow('curl *')], 'ask'],
    ['behind a wrapper', run(['timeout', '5', 'npm', 'test', '-u']), [allow('timeout 5 npm test *')], 'allow'],
    ['an escape behind a wrapper', run(['nohup', 'find', '.', '-delete']), [allow('nohup find . *')], 'ask'],
    [
      'one behind two',
      run(['env', 'A=b', 'nice', '-n', '5', 'rg', '--pre=sh']),
      [allow('env A=b nice -n 5 rg *')],
      'ask',
    ],
    ['one behind a runner', run(['uv', 'run', 'find', '.', '-exec', 'sh']), [allow('uv run find *')], 'ask'],
    ['a script with options', run(['node', 'x.js', '-e', '1']), [allow('node x.js *')], 'allow'],
    ['code in the place of a script', run(['node', '--test', '-e', '1']), [allow('node --test *')], 'ask'],
    ['a shell of a database', run(['sqlite3', 'x.db', '.shell rm x']), [allow('sqlite3 x.db *')], 'ask'],
    ['ssh with a program of its own', run(['ssh', 'h', '-o', 'ProxyCommand=sh']), [allow('ssh h *')], 'ask'],
    ['npm --prefix', run(['npm', 'test', '--prefix', '/evil']), [allow('npm test *')], 'ask'],
  ]);
});

describe('a command is denied however it is written', () => {
  check([
    ['as it is', run(['rm', '-rf', 'x']), [allowRun, deny('rm')], 'deny'],
    ['by its path', run(['/bin/rm', 'x']), [allowRun, deny('rm')], 'deny'],
    ['by a longer path', run(['../../bin/./rm', 'x']), [allowRun, deny('rm')], 'deny'],
    ['in upper case', run(['RM', 'x']), [allowRun, deny('rm')], 'deny'],
    ['behind a link', run(['./tidy', 'x'], { names: ['rm'] }), [allowRun, deny('rm')], 'deny'],
    ['behind env', run(['env', '-i', 'A=b', 'rm', 'x']), [allowRun, deny('rm')], 'deny'],
    ['behind env -S', run(['env', '-S', 'rm x']), [allowRun, deny('rm')], 'deny'],
    ['behind sudo with options', run(['sudo', '-u', 'root', '-E', 'rm', 'x']), [allowRun, deny('rm')], 'deny'],
    ['behind timeout', run(['timeout', '-s', 'KILL', '5', 'rm', 'x']), [allowRun, deny('rm')], 'deny'],
    [
      'behind wrappers of wrappers',
      run(['nice', '-n', '5', 'env', 'nohup', 'rm', 'x']),
      [allowRun, deny('rm')],
      'deny',
    ],
    ['behind xargs', run(['xargs', '-0', 'rm']), [allowRun, deny('rm')], 'deny'],
    ['behind busybox', run(['busybox', 'rm', 'x']), [allowRun, deny('rm')], 'deny'],
    ['behind find -exec', run(['find', '.', '-exec', 'rm', '{}', '+']), [allowRun, deny('rm')], 'deny'],
    ['in a shell', sh('rm x'), [allowRun, deny('rm')], 'deny'],
    ['after a semicolon', sh('true;rm x'), [allowRun, deny('rm')], 'deny'],
    ['after &&', sh('true && rm x'), [allowRun, deny('rm')], 'deny'],
    ['after a pipe', sh('yes|rm -i x'), [allowRun, deny('rm')], 'deny'],
    ['after a line break', sh('true\nrm x'), [allowRun, deny('rm')], 'deny'],
    ['in the background', sh('true & rm x'), [allowRun, deny('rm')], 'deny'],
    ['in a subshell', sh('(rm x)'), [allowRun, deny('rm')], 'deny'],
    ['in braces', sh('{ rm x; }'), [allowRun, deny('rm')], 'deny'],
    ['in a substitution', sh('echo $(rm x)'), [allowRun, deny('rm')], 'deny'],
    ['in a quoted substitution', sh('echo "$(rm x)"'), [allowRun, deny('rm')], 'deny'],
    ['in backticks', sh('echo `rm x`'), [allowRun, deny('rm')], 'deny'],
    ['in a process substitution', sh('cat <(rm x)'), [allowRun, deny('rm')], 'deny'],
    ['after an assignment', sh('A=b rm x'), [allowRun, deny('rm')], 'deny'],
    ['after a word of the shell', sh('if true; then rm x; fi'), [allowRun, deny('rm')], 'deny'],
    ['after a redirection', sh('>/dev/null rm x'), [allowRun, deny('rm')], 'deny'],
    ['with quotes in its name', sh('r""m x'), [allowRun, deny('rm')], 'deny'],
    ['with a backslash in its name', sh('\\rm x'), [allowRun, deny('rm')], 'deny'],
    ['with a broken line in its name', sh('r\\\nm x'), [allowRun, deny('rm')], 'deny'],
    ['behind command', sh('command rm x'), [allowRun, deny('rm')], 'deny'],
    ['behind eval', sh('eval "rm x"'), [allowRun, deny('rm')], 'deny'],
    ['in a shell in a shell', sh(`bash -lc 'rm x'`), [allowRun, deny('rm')], 'deny'],
    ['behind wrappers of a shell', run(['env', 'bash', '-ec', 'rm x']), [allowRun, deny('rm')], 'deny'],
    ['by a name that is only known later', sh('$X y'), [allowRun, deny('rm')], 'ask'],
    ['by a name in hexadecimal', sh(`$'\\x72m' x`), [allowRun, deny('rm')], 'ask'],
    ['by a glob', sh('/bin/r? x'), [allowRun, deny('rm')], 'ask'],
    ['in braces that expand', sh('{rm,-rf,x}'), [allowRun, deny('rm')], 'ask'],
    ['in the code of a language', run(['python3', '-c', 'import os; os.remove("x")']), [allowRun, deny('rm')], 'ask'],
    ['in code where no command is forbidden', run(['python3', '-c', 'print(1)']), [allowRun], 'allow'],
    [
      'in code that is allowed as a whole',
      run(['python3', '-c', 'print(1)']),
      [{ decision: 'allow', command: `python3 -c 'print(1)'` }, deny('rm')],
      'allow',
    ],
    ['its name as an argument is no command', run(['echo', 'rm']), [allowRun, deny('rm')], 'allow'],
    ['its name in a text is no command', sh('echo "rm x"'), [allowRun, deny('rm')], 'allow'],
    ['a longer name is another', run(['rmdir', 'x']), [allowRun, deny('rm')], 'allow'],
    ['a word of git', run(['git', 'push']), [allowRun, deny('git push')], 'deny'],
    ['git -c before it', run(['git', '-c', 'a=b', 'push']), [allowRun, deny('git push')], 'deny'],
    [
      'git -C and others before it',
      run(['git', '-C', '.', '--no-pager', 'push', 'origin']),
      [allowRun, deny('git push')],
      'deny',
    ],
    ['another word of git', run(['git', 'stash', 'push']), [allowRun, deny('git push')], 'allow'],
    [
      'an option anywhere',
      run(['git', 'push', 'origin', 'main', '--force']),
      [allowRun, deny('git push --force')],
      'deny',
    ],
    ['an option, abbreviated', run(['git', 'push', '--forc']), [allowRun, deny('git push --force')], 'deny'],
    ['an option in a cluster', run(['rm', '-fr', 'x']), [allowRun, deny('rm -rf')], 'deny'],
    ['in the long form', run(['rm', '--recursive', '--force', 'x']), [allowRun, deny('rm -rf')], 'ask'],
    ['in the short form', run(['git', 'push', '-f']), [allowRun, deny('git push --force')], 'ask'],
    ['behind a wrapper that nobody knows', run(['mywrap', 'rm', 'x']), [allowRun, deny('rm')], 'ask'],
    ['in the script of another program', run(['sed', '1e rm x', 'f']), [allowRun, deny('rm')], 'ask'],
    ['in an option of another program', run(['tar', 'cf', 'x', '--to-command=/bin/rm']), [allowRun, deny('rm')], 'ask'],
    ['as zsh writes it', run(['zsh', '-c', '=rm x']), [allowRun, deny('rm')], 'ask'],
    ['after a here-document with an apostrophe', sh("cat <<'EOF'\nit's\nEOF\nrm x"), [allowRun, deny('rm')], 'deny'],
    ['after a here-document that is piped', sh("cat <<'EOF' | rm -r x\nit's\nEOF"), [allowRun, deny('rm')], 'deny'],
    ['after one with tabs before its end', sh('cat <<-E\n"\n\t\tE\nrm x'), [allowRun, deny('rm')], 'deny'],
    ['after two on one line', sh(`cat <<A <<B\n'\nB\nA\n"\nB\nrm x`), [allowRun, deny('rm')], 'deny'],
    ['after one in a substitution', sh(`echo "$(cat <<'E'\nit's )\nE\n)" && rm x`), [allowRun, deny('rm')], 'deny'],
    ['after a comment in a substitution', sh("echo $(true # it's\n)\nrm x"), [allowRun, deny('rm')], 'deny'],
    ['substituted in a here-document', sh('cat <<E\n$(rm x)\nE'), [allowRun, deny('rm')], 'deny'],
    [
      'in the text of a here-document it is none',
      sh("cat > notes <<'E'\nrm x\n$(rm x)\nE"),
      [allowRun, deny('rm')],
      'allow',
    ],
    ['in a here-document for a shell', sh("bash -s <<'E'\nrm x\nE"), [allowRun, deny('rm')], 'deny'],
    ['in a here-string for a shell', sh("sh <<< 'rm x'"), [allowRun, deny('rm')], 'deny'],
    ['in one for a shell behind a wrapper', sh("env A=b bash <<< 'rm x'"), [allowRun, deny('rm')], 'deny'],
    ['in one for another program', sh("ed - f <<< '!rm x'"), [allowRun, deny('rm')], 'ask'],
    ['in one for a language', sh("python3 - <<'E'\nimport os\nE"), [allowRun, deny('rm')], 'ask'],
    ['piped into a shell', sh('echo "rm x" | sh'), [allowRun, deny('rm')], 'ask'],
    ['piped into a shell with options', sh('printf "rm x" | bash -o pipefail'), [allowRun, deny('rm')], 'ask'],
    ['piped into a file that is its input', sh('echo "rm x" | . /dev/stdin'), [allowRun, deny('rm')], 'ask'],
    ['written later to a shell', run(['bash']), [allowRun, deny('rm')], 'ask'],
    ['in the script of a shell it is the script', run(['bash', 'x.sh']), [allowRun, deny('rm')], 'allow'],
    ['in a shell that says its version', run(['node', '--version']), [allowRun, deny('rm')], 'allow'],
    ['after a shift of bits', sh('echo $((1<<2))\nrm x\n2'), [allowRun, deny('rm')], 'deny'],
    ['after one in parentheses', sh('((1<<2))\nrm x\n2'), [allowRun, deny('rm')], 'deny'],
    ['in a here-document that goes on', sh('cat <<EOF\nEO\\\nF\nrm x\nEOF'), [allowRun, deny('rm')], 'ask'],
    ['in a here-document without an end', sh('cat <<EOF\nrm x'), [allowRun, deny('rm')], 'ask'],
    ['in a quote without an end', sh(`echo it's; rm x`), [allowRun, deny('rm')], 'ask'],
    ['in a case in a substitution', sh('echo "$(case x in x) rm y;; esac)"'), [allowRun, deny('rm')], 'deny'],
    ['where only files are not known', sh('ls *.ts ~/x | grep "$X" > $Y'), [allowRun, deny('rm')], 'allow'],
    ['where its own words are not known', sh('cat *.key'), [allowRun, deny('cat secret')], 'ask'],
    ['where those of another runner are not', sh('xargs $X'), [allowRun, deny('rm')], 'ask'],
    ['after a quote of its own', sh("echo $'a\\'b'\nrm x\necho '"), [allowRun, deny('rm')], 'ask'],
    ['after a quote in an expansion', sh(`echo "\${x#'"'}"\nrm x\necho "'"`), [allowRun, deny('rm')], 'ask'],
    ['after a shift in old brackets', sh('echo $[1<<2]\nrm x\n2]'), [allowRun, deny('rm')], 'ask'],
    ['another program with such words', run(['node', 'git-push.js']), [allowRun, deny('git push')], 'allow'],
    ['options apart', run(['rm', '-r', 'x', '-f']), [allowRun, deny('rm -rf')], 'deny'],
    ['without the option', run(['rm', 'x']), [allowRun, deny('rm -rf')], 'allow'],
  ]);
});

describe('the text of a configured shell is allowed when each of its commands is', () => {
  check([
    ['one', shell('npm test'), [allow('npm test')], 'allow'],
    ['each', shell('npm test && npm run lint'), [allow('npm test'), allow('npm run *')], 'allow'],
    ['not all', shell('npm test && rm x'), [allow('npm test')], 'ask'],
    ['a pipe into another', shell('npm test | sh'), [allow('npm test')], 'ask'],
    ['a redirection', shell('npm test > /home/u/.bashrc'), [allow('npm test *')], 'ask'],
    ['a substitution', shell('npm test $(rm x)'), [allow('npm test *')], 'ask'],
    ['a variable', shell('npm test $X'), [allow('npm test *')], 'ask'],
    ['an assignment', shell('PATH=/tmp npm test'), [allow('npm test')], 'ask'],
    ['in the background', shell('npm test & npm test'), [allow('npm test')], 'ask'],
    ['a comment', shell('npm test # rm'), [allow('npm test')], 'allow'],
    ['a line break', shell('npm test\nrm x'), [allow('npm test')], 'ask'],
    ['a builtin that evaluates', shell(`test -v 'a[$(id)]'`), [allow('test *')], 'ask'],
    ['another folder first', shell('cd evil && npm test'), [allow('cd *'), allow('npm test')], 'ask'],
    ['nothing', shell(''), [allow('npm test')], 'ask'],
    ['all of the kind', shell('rm x'), [allowRun], 'allow'],
  ]);
});

describe('paths are where they lead', () => {
  check([
    ['a name at every depth', read(`${workspace}/a/b/.env`), [denyPath('.env')], 'deny'],
    ['a name with a pattern', read(`${workspace}/a/x.pem`), [denyPath('*.pem')], 'deny'],
    ['only in the workspace', read('/etc/.env'), [denyPath('.env')], 'allow'],
    ['anywhere', read('/etc/.env'), [denyPath('/**/.env')], 'deny'],
    ['in the home', read('/home/u/.ssh/id'), [denyPath('~/.ssh')], 'deny'],
    ['a folder and all below it', read(`${workspace}/secret/a/b`), [denyPath('secret/')], 'deny'],
    ['a name that begins so', read(`${workspace}/secrets`), [denyPath('secret')], 'allow'],
    ['in another case', read(`${workspace}/.ENV`), [denyPath('.env')], 'deny'],
    ['composed otherwise', read(`${workspace}/cafe\u0301`), [denyPath('caf\u00e9')], 'deny'],
    ['with a line break in it', read(`${workspace}/a\n.env`), [denyPath('a*')], 'deny'],
    ['alternatives', read(`${workspace}/a.key`), [denyPath('*.{pem,key}')], 'deny'],
    ['two stars', read(`${workspace}/src/a/b.ts`), [denyPath('src/**/*.ts')], 'deny'],
    ['two stars over nothing', read(`${workspace}/src/b.ts`), [denyPath('src/**/*.ts')], 'deny'],
    ['one star stays in its folder', write(`${workspace}/src/a/b.ts`), [allowPath('src/*')], 'ask'],
    ['from the workspace on', read(`${workspace}/a/src/b`), [denyPath('src/b')], 'allow'],
    ['a dot is a dot', read(`${workspace}/xenv`), [denyPath('.env')], 'allow'],
    [
      'a file of a command',
      run(['cat', '.env'], { paths: [`${workspace}/.env`] }),
      [allowRun, denyPath('.env')],
      'deny',
    ],
    ['the folder of a command', run(['ls'], { cwd: `${workspace}/secret` }), [allowRun, denyPath('secret')], 'deny'],
    ['allowed below a folder', write(`${workspace}/src/a/b`), [allowPath('src/**')], 'allow'],
    ['allowed exactly', write(`${workspace}/src`), [allowPath('./src')], 'allow'],
    ['not what is below it', write(`${workspace}/src/a`), [allowPath('./src')], 'ask'],
    ['not in another case', write(`${workspace}/SRC/a`), [allowPath('src/**')], 'ask'],
    ['not where nobody can tell', write(null), [allowPath('**')], 'ask'],
    ['all of several', write(`${workspace}/a`, `${workspace}/b`), [allowPath('./a'), allowPath('./b')], 'allow'],
    ['not one of several', write(`${workspace}/a`, `${workspace}/c`), [allowPath('./a'), allowPath('./b')], 'ask'],
    [
      'one of several is denied',
      write(`${workspace}/a`, `${workspace}/.env`),
      [{ decision: 'allow', kind: 'write' }, denyPath('.env')],
      'deny',
    ],
    ['a call without paths', { ...plain, kind: 'write', tool: 'x' }, [allowPath('**')], 'ask'],
    ['a folder with a star in its name', { ...write('/w*/a'), workspace: '/w*' }, [allowPath('a')], 'allow'],
    ['and not one that fits it', { ...write('/wx/a'), workspace: '/w*' }, [allowPath('./a')], 'ask'],
  ]);
});

describe('hosts', () => {
  check([
    ['a host', fetch('example.org'), [{ decision: 'deny', host: 'example.org' }], 'deny'],
    ['those below it', fetch('a.b.example.org'), [{ decision: 'deny', host: 'example.org' }], 'deny'],
    ['a name that ends so', fetch('badexample.org'), [{ decision: 'deny', host: 'example.org' }], 'allow'],
    ['a last dot', fetch('example.org.'), [{ decision: 'deny', host: 'example.org' }], 'deny'],
    [
      'allowed alone',
      fetch('a.example.org'),
      [
        { decision: 'ask', tool: 'x' },
        { decision: 'allow', host: 'example.org' },
      ],
      'allow',
    ],
    [
      'any asks but one',
      { ...fetch('example.org'), isAsking: true },
      [{ decision: 'allow', tool: 'web_fetch', host: 'example.org' }],
      'allow',
    ],
    [
      'not those below it',
      { ...fetch('a.example.org'), isAsking: true },
      [{ decision: 'allow', tool: 'web_fetch', host: 'example.org' }],
      'ask',
    ],
    [
      'with a star',
      { ...fetch('a.example.org'), isAsking: true },
      [{ decision: 'allow', tool: 'web_fetch', host: '*.example.org' }],
      'allow',
    ],
    [
      'in the arguments of a command',
      run(['curl', 'https://a.example.org/x'], { hosts: ['a.example.org'] }),
      [allowRun, { decision: 'deny', host: 'example.org' }],
      'deny',
    ],
    [
      'which it does not allow',
      run(['rm', 'https://example.org'], { hosts: ['example.org'] }),
      [{ decision: 'allow', tool: 'run_command', host: 'example.org' }],
      'ask',
    ],
    ['a call without a host', { ...plain, kind: 'run' }, [{ decision: 'allow', host: 'example.org' }], 'ask'],
  ]);
});

test('of rules of equal strength the most specific is named, then the nearest', () => {
  const rules: PlacedRule[] = [
    ...permissionRules(['run'], { source: 'permission', place: 'the session' }),
    { ...place(allow('npm *'), 0), source: 'personal' },
    place(allow('npm test *'), 1),
    { ...place(allow('npm test *'), 2), source: 'session', id: 'rule_1' },
  ];
  const decided = decide(run(['npm', 'test']), rules);
  expect(decided.rule).toMatchObject({ source: 'session', id: 'rule_1' });
  expect(decided.words).toBe('allow command npm test *: everturn.yaml, permissions[2]');
});

test('a decision in doubt says why, and which rule', () => {
  const { words } = decide(sh('$X'), [allowRun, { ...deny('rm'), reason: 'use trash' }].map(place));
  expect(words).toBe(
    'It is not certain what this runs, and a rule says: deny command rm (use trash): everturn.yaml, permissions[1]',
  );
});

test('time does not grow with hostile commands', () => {
  const nested = Array.from({ length: 400 }, () => 'env').concat('rm');
  expect(decide(run(nested), [allowRun, deny('rm')].map(place)).decision).not.toBe('allow');
  const deep = `${'$('.repeat(3000)}rm${')'.repeat(3000)}`;
  expect(decide(sh(deep), [allowRun, deny('rm')].map(place)).decision).not.toBe('allow');
  const long = `${'a'.repeat(5000)}/`.repeat(20);
  expect(decide(read(`/${long}x`), [denyPath('/**/a*a*a*b')].map(place)).decision).toBe('allow');
}, 5000);

test.each([
  [
    '{decision: allow, command: "npm test; ls"}',
    { decision: 'allow', command: 'npm test; ls' },
    'a rule for each command',
  ],
  ['a star in the middle', { decision: 'allow', command: 'npm * test' }, 'only the last word'],
  ['a star in a word', { decision: 'allow', command: 'npm run build:*' }, 'a separate word'],
  ['a quote', { decision: 'allow', command: 'echo "a' }, 'not closed'],
  ['a shell', { decision: 'allow', command: 'sh *' }, 'allow the command as a whole'],
  ['code', { decision: 'allow', command: 'bash -lc *' }, 'bash -lc runs whatever its arguments say'],
  ['a wrapper', { decision: 'allow', command: 'timeout 5 *' }, 'timeout 5 runs whatever its arguments say'],
  ['a wrapper with an option', { decision: 'allow', command: 'sudo -u root *' }, 'sudo -u root runs whatever'],
  ['a runner', { decision: 'allow', command: 'uv run *' }, 'uv run runs whatever its arguments say'],
  ['a class', { decision: 'deny', path: 'a[bc]' }, 'write {a,b}'],
  ['a parent', { decision: 'deny', path: '../x' }, 'have no ".."'],
  ['a turned glob', { decision: 'deny', path: '!x' }, 'another decision'],
  ['a URL', { decision: 'deny', host: 'https://x.org/' }, 'no scheme'],
  ['an unknown field', { decision: 'deny', paths: ['x'] }, 'paths'],
  ['no decision', { path: 'x' }, 'expected'],
])('a rule with %s is refused with words that help', (_what, rule, words) => {
  const parsed = PermissionRule.safeParse(rule);
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).toContain(JSON.stringify(words).slice(1, -1));
});

test.each(['timeout 5 *', 'bash -c *', 'python3 *'])(
  'a rule that an earlier version stored, and is refused now, is read and allows nothing: %s',
  (command) => {
    const rule: PermissionRule = { decision: 'allow', command };
    expect(PermissionRule.safeParse(rule).success).toBe(false);
    const stored = PlacedRule.parse({ source: 'session', id: 'x', place: 'the session', rule });
    const argv = [...command.split(' ').slice(0, -1), 'rm'];
    expect(decide(run(argv), [stored]).decision).toBe('ask');
  },
);
