export const meta = {
  name: 'find-issues',
  description: 'Looks for problems in the code of a folder, round after round; each finding is then attacked by another agent.',
  whenToUse: 'To find what is wrong in code, from bugs to what breaks under load. For a change, use multi-review.',
  phases: [
    { title: 'Divide', detail: 'the folder in parts' },
    { title: 'Scout', detail: 'a scout for each part, until two rounds find nothing new' },
    { title: 'Check', detail: 'each new finding, by an adversary' },
    { title: 'Report', detail: 'what stood' },
  ],
};

const given = typeof args === 'string' ? { folder: args } : (args ?? {});
const { folder = '.', focus = '', known = [], rounds = 5, max = 40 } = given;
/** Rounds that find nothing new after which it ends. */
const quietRounds = 2;

// Shorthands for JSON Schema.
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const list = (minItems, maxItems, items) => ({ type: 'array', minItems, maxItems, items });
const text = (maxLength, description) => ({ type: 'string', minLength: 1, maxLength, description });
const severities = ['critical', 'high', 'medium', 'low'];
const division = object({ parts: list(1, 8, object({ folder: text(400), why: text(300) })) });
const findings = object({
  findings: list(0, 8, object({
    file: text(400, 'Its path relative to the workspace'),
    line: { type: 'integer', minimum: 1 },
    quote: text(400, 'The line, exactly as it is'),
    severity: { type: 'string', enum: severities },
    title: text(120),
    detail: text(1500, 'What goes wrong, when, and for whom'),
  })),
  note: text(600, 'How you looked and what you did not look at, in one sentence'),
});
const verdict = object({ real: { type: 'boolean' }, why: text(1000, 'What you saw, with its line') });

const placeOf = ({ file, line }) => `${file}:${line}`;
// An issue is also known by its line's text: what was inserted above moves it.
const namesOf = (issue) => (typeof issue === 'string' ? [issue] : [placeOf(issue), `${issue.file} ${String(issue.quote).trim()}`]);
const seen = new Set(known.flatMap(namesOf));
const isNew = (issue) => namesOf(issue).every((name) => !seen.has(name));

phase('Divide');
const { parts } = await agent(
  `Divide the folder into at most 8 parts, each a folder of source code that one reader can examine. Name each folder by its path relative to the workspace.
Leave out generated files. When it has no folders in it, the folder itself is the one part.

Folder: ${folder}`,
  { label: 'divide', agentType: 'planner', schema: division, onError: 'throw' },
);
log(`${parts.length} parts: ${parts.map((part) => part.folder).join(', ')}`);

const judged = [];
const notes = new Set();
let round = 0;
let quiet = 0;
while (round < Math.min(rounds, 5) && quiet < quietRounds && judged.length < max) {
  round += 1;
  phase('Scout');
  const excluded = JSON.stringify([...seen]);
  const scouts = parts.map((part) => () => agent(
    `Look for problems in the code of this folder: bugs first, then security, then what will break under load or in a crash.
Hand in the 8 most serious at most, and none that is known already.

${focus === '' ? '' : `Focus: ${focus}`}
Folder: ${part.folder}
Known: ${excluded}`,
    { label: `${part.folder}, round ${round}`, phase: 'Scout', agentType: 'reviewer', schema: findings },
  ));
  const answers = await parallel(scouts);
  for (const answer of answers) notes.add(answer?.note ?? 'A scout failed.');
  const fresh = [];
  for (const issue of answers.flatMap((answer) => answer?.findings ?? [])) {
    if (!isNew(issue)) continue;
    for (const name of namesOf(issue)) seen.add(name);
    fresh.push(issue);
  }
  // A round in which no scout came back says nothing about what is left.
  if (answers.every((answer) => answer === null)) break;
  quiet = fresh.length === 0 ? quiet + 1 : 0;
  log(`Round ${round}: ${fresh.length} new findings`);

  phase('Check');
  const checked = await pipeline(fresh.slice(0, max - judged.length), async (issue) => ({
    ...issue,
    verdict: await agent(
      `Try to refute this finding. Read the file around the line; look who calls it and what it is given.
It is real only if the quote stands there, the problem can happen, and nothing handles it elsewhere.

${JSON.stringify(issue, null, 1)}`,
      { label: placeOf(issue), phase: 'Check', agentType: 'skeptic', schema: verdict },
    ),
  }));
  judged.push(...checked.filter((issue) => issue !== null));
}

phase('Report');
const ranked = judged.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
const stood = ranked.filter((issue) => issue.verdict?.real === true);
const refuted = ranked.filter((issue) => issue.verdict?.real === false);
const open = ranked.filter((issue) => issue.verdict === null);
const section = (issue) => `### ${issue.severity}: ${issue.title}

\`${placeOf(issue)}\`

> ${issue.quote}

${issue.detail}

The adversary: ${issue.verdict.why}
`;
const rows = (some, why) => some.map((issue) => `- ${issue.title}, \`${placeOf(issue)}\`: ${why(issue)}`).join('\n') || 'None.';
const ending =
  quiet === quietRounds ? `the last ${quietRounds} found nothing new`
    : judged.length >= max ? `${max} findings were enough`
      : 'there may be more';
const report = `# Issues in ${folder}

${stood.length} stood, ${refuted.length} were refuted, ${open.length} have no verdict.

## What stood

${stood.map(section).join('\n') || 'The scouts found nothing that held.'}

## Refuted

${rows(refuted, (issue) => issue.verdict.why)}

## Without a verdict

${rows(open, () => 'its adversary failed.')}

## How this was made

- Parts: ${parts.map((part) => `\`${part.folder}\``).join(', ')}.
- Rounds: ${round}; ${ending}. Known before: ${known.length}.
${[...notes].map((note) => `- ${note}`).join('\n')}
`;
await artifact('report.md', report);
await artifact('findings.json', stood.map(({ verdict: { why }, ...issue }) => ({ ...issue, why })));
return report;
