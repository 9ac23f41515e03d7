export const meta = {
  name: 'bounty-hunt',
  description: 'Hunts for defects in the files of a folder, in rounds; two independent sceptics try each claim.',
  whenToUse: 'To search code that has not changed recently. For a change, use multi-review.',
  phases: [
    { title: 'Slice', detail: 'the files shared out' },
    { title: 'Hunt', detail: 'a hunter for each slice and kind of defect' },
    { title: 'Try', detail: 'each new claim by two sceptics' },
    { title: 'Report', detail: 'what both sceptics could not refute' },
  ],
};

const defects = {
  correctness: 'bugs: wrong conditions, missed cases, errors that are lost, promises that are not awaited',
  security: 'what an attacker, or the output of a model, could do with it',
  concurrency: 'races, crashes in the middle, retries, unbounded work',
};
const given = typeof args === 'string' ? { folder: args } : (args ?? {});
const { folder = '.', rounds = 3, kinds = Object.keys(defects) } = given;
const maxFiles = 240;
const maxSlices = 6;

// Shorthands for JSON Schema.
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const list = (maxItems, items) => ({ type: 'array', maxItems, items });
const text = (maxLength, description) => ({ type: 'string', minLength: 1, maxLength, description });
const severities = ['critical', 'high', 'medium', 'low'];
const findings = object({
  findings: list(5, object({
    file: text(400, 'As it is listed'),
    line: { type: 'integer', minimum: 1 },
    quote: text(400, 'The line, exactly as it is'),
    severity: { type: 'string', enum: severities },
    title: text(120),
    detail: text(1500, 'What goes wrong, when, and for whom'),
  })),
  note: text(600, 'How you looked and what you did not look at, in one sentence'),
});
const verdict = object({ real: { type: 'boolean' }, why: text(1000, 'What you saw, with its line') });

phase('Slice');
const glob = '*.{ts,tsx,js,jsx,mjs,cjs,py,rb,go,rs,java,kt,cs,php,c,cc,cpp,h,swift,sh,sql,vue,svelte}';
const listing = (await tool('list_files', { path: folder, glob })).split('\n');
const isNote = (row) => row.startsWith('[');
const all = listing.filter((row) => !isNote(row));
const files = all.slice(0, maxFiles);
const size = Math.max(10, Math.ceil(files.length / maxSlices));
const slices = [];
for (let at = 0; at < files.length; at += size) slices.push(files.slice(at, at + size));
log(`${files.length} files in ${slices.length} slices, ${kinds.length} kinds of defects`);

const placeOf = ({ file, line }) => `${file}:${line}`;
const stances = {
  reach: 'Show that it cannot happen: look who calls it, what it is given, and what handles it elsewhere.',
  sense: 'Show that the line is misread: it is in a comment, a string or a test, or does exactly what it should.',
};
const trial = (claim) => ([stance, how]) => () => agent(
  `Try to refute this claim of a defect. ${how}
It is real only if the quote stands there, the defect can happen, and nothing handles it elsewhere.

${JSON.stringify(claim, null, 1)}`,
  { label: `${placeOf(claim)} ${stance}`, phase: 'Try', agentType: 'skeptic', schema: verdict },
);

const claims = new Map();
const notes = new Set();
let round = 0;
let fresh = [];
do {
  round += 1;
  phase('Hunt');
  const known = JSON.stringify([...claims.keys()]);
  const hunters = slices.flatMap((slice, index) => kinds.map((kind) => () => agent(
    `Look for defects of one kind in these files. Hand in the 5 most serious at most, and none that is known already.

Kind: ${kind}${defects[kind] ? ` (${defects[kind]})` : ''}
Folder: ${folder}
Known: ${known}
Files: ${JSON.stringify(slice)}`,
    { label: `${kind}, slice ${index + 1}, round ${round}`, phase: 'Hunt', agentType: 'reviewer', schema: findings },
  )));
  const answers = await parallel(hunters);
  for (const answer of answers) notes.add(answer?.note ?? 'A hunter failed.');
  const found = answers.flatMap((answer) => answer?.findings ?? []);
  const byPlace = new Map(found.filter((claim) => !claims.has(placeOf(claim))).map((claim) => [placeOf(claim), claim]));

  phase('Try');
  // A quote that is not at its line needs no sceptic.
  const tried = await pipeline(
    [...byPlace.values()],
    async (claim) => {
      const shown = await tool('read_file', { path: claim.file, offset: claim.line, limit: 1 }).catch(() => '');
      return { ...claim, stands: shown.includes(claim.quote.trim()) };
    },
    async ({ stands, ...claim }) => ({
      ...claim,
      verdicts: stands
        ? await parallel(Object.entries(stances).map(trial(claim)))
        : [{ real: false, why: 'The quote is not at that line.' }],
    }),
  );
  fresh = tried.filter((claim) => claim !== null);
  for (const claim of fresh) claims.set(placeOf(claim), claim);
  log(`Round ${round}: ${fresh.length} new claims`);
} while (fresh.length > 0 && round < Math.min(rounds, 3) && budget.remaining() > (budget.total ?? 0) / 10);

phase('Report');
const bySeverity = (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity);
const ranked = [...claims.values()].sort(bySeverity);
const agreed = (real) => ranked.filter(({ verdicts }) => verdicts.every((one) => one?.real === real));
const confirmed = agreed(true);
const refuted = agreed(false);
const open = ranked.filter((claim) => !confirmed.includes(claim) && !refuted.includes(claim));
const why = ({ verdicts }) => verdicts.map((one) => one?.why ?? 'This sceptic failed.').join(' / ');
const rows = (some) => some.map((one) => `- ${one.title}, \`${placeOf(one)}\`: ${why(one)}`).join('\n') || 'None.';
const section = (claim) => `### ${claim.severity}: ${claim.title}

\`${placeOf(claim)}\`

> ${claim.quote}

${claim.detail}

The sceptics: ${why(claim)}
`;
const report = `# Defects in ${folder}

${confirmed.length} confirmed, ${open.length} open, ${refuted.length} refuted.

## Confirmed by both sceptics

${confirmed.map(section).join('\n') || 'None.'}

## Open

${rows(open)}

## Refuted

${rows(refuted)}

## How this was made

- ${files.length} of ${all.length} files were looked at. ${listing.find(isNote) ?? ''}
- Rounds: ${round}. New claims in the last one: ${fresh.length}.
${[...notes].map((note) => `- ${note}`).join('\n')}
`;
await artifact('report.md', report);
await artifact('findings.json', confirmed.map(({ verdicts: _, ...claim }) => claim));
return report;
