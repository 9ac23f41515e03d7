// Phrases that read as a translation, and what to write instead, in documents, the error table and comments.
// Spelling is cspell's part (cspell.json, .lint/vocabulary.txt).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const phrases = [
  [/\b(?:made |kept |done |written )?by hand\b/, '"manually", or name who does it'],
  [
    /\b(?:is|are) (?:none|no (?:URL|JSON|pure|number|file|folder|answer|id|text|option|path|tool|choice|sandbox))\b/,
    '"is not …"',
  ],
  [/\bwhat (?:stands|stood)\b/i, 'name the thing'],
  [/\bstands for\b/, '"means", "is"'],
  [/\b(?:is|are|was|were) told of\b/, '"is notified of", "sees"'],
  [/\bwhoever\b/i, '"the user who", "the process that"'],
  [/\bno more(?! than)\b/, '"no longer"'],
  [/\b(?:some|any|no)body\b/i, '"someone", "no one", or name the actor'],
  [/\bthere is none\b/, '"there is no …" with the noun'],
  [/\b(?:is|are) told\b|\btold (?:so|that|with)\b/, '"is reported", "sees", "gets a message"'],
  [/\blies\b|\bwhere they lie\b/i, '"is", "lives"'],
  [/\bgravest\b|\bgravely\b/, '"most severe"'],
  [/\bis meant\b/, '"is intended"'],
  [/\bas it stands\b|\bhow (?:it|they) stands?\b/, '"as it is", "its state"'],
  [/\bnothing of the\b/, '"none of the"'],
  [/\bof (?:a|the) person\b|\ba person's\b/, '"a user\'s"'],
  [/\bgoes on\b|\bgo on with\b|\bwent on\b/, '"continues"'],
  [/\bfaults? (?:is|are) told\b|\bhas faults\b|\bwith faults\b/, '"has errors"'],
  [/\banew\b/, '"again"'],
  [/\bminds\b/, '"checks", "respects"'],
  [/\bstands? (?:in|at|on|there|above|below|behind|beside|under)\b/, '"is"'],
  [
    /\b(?:of|with) (?:its|their|our|one's) own(?=[.,;:)|]| (?:and|for|from|within|in|because|so|that|topic|kind)\b| *$)/,
    '"separate", "its own …"',
  ],
  [/\b(?:server|models?|keys?|address|users?|workers?|admins|process|agents?|start|session|API) alone\b/, '"only"'],
  [/\bbeside\b/, '"next to", "in addition to"'],
  [/, else\b/, '"otherwise"'],
  [/\btells (?:which|what|whether|how|where|why|from)\b/, '"shows", "reports"'],
  [/\bspeaks? of\b/, '"mentions"'],
  [/\b(?:of ours|of theirs)\b/, '"our …", "their …"'],
  [/\bpassed over\b/, '"skipped"'],
  [/\bfor ever\b/, '"forever"'],
  [/\bwhat (?:runs|waits|failed|began|was begun)\b/i, 'name it: "running work", "waiting messages"'],
  [/\b(?:a|the|its) person\b/, '"the user"'],
  [/\bany more\b/, '"no longer"'],
  [/\bin the place of\b/, '"instead of"'],
  [/\bsome \d/, '"about"'],
  [/\bin earnest\b|\bthereby\b|\bfor want of\b/, 'the common word'],
];

/** Phrases that comments of the code may not have either. */
const inComments = [
  /\b(?:some|any)body\b/i,
  /\bwhoever\b/i,
  /\banew\b/,
  /\bby hand\b/,
  /\b(?:goes|went) on\b/,
  /\bfor ever\b/,
  /, else\b/,
  /\b(?:a|the) person's\b/,
  /\b(?:is|are|was|were) told\b/,
  /\bstands? for\b/,
  /\bis no more\b/,
  /\bthere is none\.$/,
];

const list = (...patterns) =>
  execFileSync('git', ['ls-files', ...patterns], { encoding: 'utf8' })
    .trim()
    .split('\n');
const isCode = (file) => /\.(?:ts|js|cjs|sql)$/.test(file) && file !== 'contracts/errors.ts';
const files = list('*.md', 'contracts/errors.ts', '*.ts', '*.cjs', 'store/functions/*.sql').filter(
  (file) =>
    !isCode(file) ||
    !/^(?:ui|bench|demo|test|conformance|activities\/tools|definitions\/script)\/|\.test\.ts$/.test(file),
);

/** Only prose: documents without code, the texts of the error table, the comments of the code. */
const proseOf = (file, line) => {
  if (file === 'contracts/errors.ts') return /'.*'|".*"|\*.*|\/\/.*/.exec(line)?.[0] ?? '';
  if (isCode(file)) return /^\s*(?:\/\*\*|\*|\/\/|--) (.*)/.exec(line)?.[1] ?? '';
  return line.replaceAll(/`[^`]*`|\]\([^)]*\)/g, '');
};

let count = 0;
for (const file of files) {
  const rules = isCode(file) ? inComments.map((phrase) => [phrase, 'plain words (docs/writing.md)']) : phrases;
  let isFenced = false;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trimStart().startsWith('```')) isFenced = !isFenced;
    if (isFenced) continue;
    for (const [phrase, instead] of rules) {
      const [found] = phrase.exec(proseOf(file, line)) ?? [];
      if (found === undefined) continue;
      console.log(`${file}:${index + 1}: "${found}": write ${instead}`);
      count += 1;
    }
  }
}
if (count > 0) console.log(`${count} phrases to rewrite`);
process.exitCode = count > 0 ? 1 : 0;
