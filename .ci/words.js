// Phrases that read as a translation, and what to write instead, in documents and in messages of errors.
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
];

const files = execFileSync('git', ['ls-files', '*.md', 'contracts/errors.ts'], { encoding: 'utf8' }).trim().split('\n');
/** Prose alone: without code, and of TypeScript only what is in quotes or a comment. */
const proseOf = (file, line) =>
  file.endsWith('.ts') ? (/'.*'|".*"|\*.*|\/\/.*/.exec(line)?.[0] ?? '') : line.replaceAll(/`[^`]*`|\]\([^)]*\)/g, '');

let count = 0;
for (const file of files) {
  let isCode = false;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trimStart().startsWith('```')) isCode = !isCode;
    if (isCode) continue;
    for (const [phrase, instead] of phrases) {
      const [found] = phrase.exec(proseOf(file, line)) ?? [];
      if (found === undefined) continue;
      console.log(`${file}:${index + 1}: "${found}": write ${instead}`);
      count += 1;
    }
  }
}
if (count > 0) console.log(`${count} phrases to rewrite`);
process.exitCode = count > 0 ? 1 : 0;
