export const meta = {
  name: 'multi-review',
  description: 'Reviews the changes since a commit with several eyes side by side; an adversary attacks each finding.',
  whenToUse: 'Before a merge, or over the commits of a day.',
  phases: [
    { title: 'Diff', detail: 'read once, by the script itself' },
    { title: 'Review', detail: 'a reviewer for each eye' },
    { title: 'Refute', detail: 'an adversary for each finding whose quote is there' },
    { title: 'Report', detail: 'findings that held, the most severe first' },
  ],
};

const looks = {
  correctness: 'bugs: wrong conditions, missed cases, errors that are lost, promises that are not awaited',
  security: 'what an attacker, or the output of a model, could do with it',
  concurrency: 'races, crashes in the middle, retries, things that are waited for by time, unbounded work',
  simplicity: 'code that could be less, or that the next reader will get wrong',
  tests: 'behaviour that no test would miss if it broke, and tests that cannot fail',
};
const given = typeof args === 'string' ? { base: args } : (args ?? {});
const { base = 'HEAD~1', eyes = Object.keys(looks), most = 30 } = given;

// Shorthands for JSON Schema.
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const list = (maxItems, items) => ({ type: 'array', maxItems, items });
const text = (maxLength, description) => ({ type: 'string', minLength: 1, maxLength, description });

const severities = ['critical', 'high', 'medium', 'low'];
const findings = object({
  findings: list(8, object({
    file: text(400),
    line: { type: 'integer', minimum: 1, description: 'In the file as it is now' },
    quote: text(400, 'The line, exactly as it is'),
    severity: { type: 'string', enum: severities },
    title: text(120),
    detail: text(1500, 'What goes wrong, when, and for whom'),
  })),
  note: text(600, 'How you looked and what you did not look at, in one sentence'),
});
const verdict = object({ real: { type: 'boolean' }, why: text(1000, 'What you saw, with its line') });

phase('Diff');
const diff = await tool('git_diff', { base });
const isCut = /\n\[Cut after \d+ characters/.test(diff);
const namesIn = (shown, row) => [...shown.matchAll(row)].map(([, file]) => file);
const seen = new Set(namesIn(diff, /^diff --git a\/.* b\/(.+)$/gm));
const changed = isCut ? namesIn(await tool('git_diff', { base, stat: true }), /^\d+\t\d+\t(.+)$/gm) : [];
const unseen = changed.filter((file) => !seen.has(file));
log(`${seen.size} changed files since ${base}${isCut ? `; the diff was cut, ${unseen.length} more are not seen` : ''}`);

// The diff comes first in each prompt, so that a provider reads it once for all of them.
phase('Review');
const reviews = await parallel((seen.size > 0 ? eyes : []).map((eye) => () => agent(
  `Review the changes in this diff with the one eye that is named below it. Read the files around them where you must.
Only what the changes add or break counts. Hand in the 8 most serious findings at most.

${diff}

Eye: ${eye}${looks[eye] ? ` (${looks[eye]})` : ''}`,
  { label: eye, agentType: 'reviewer', schema: findings },
)));

// A line counts once, however many eyes stopped at it: the gravest finding speaks for it.
const rank = ({ severity }) => severities.indexOf(severity);
const places = new Map();
for (const [index, review] of reviews.entries()) {
  for (const finding of review?.findings ?? []) {
    const place = `${finding.file}:${finding.line}`;
    const before = places.get(place);
    const gravest = !before || rank(finding) < rank(before) ? finding : before;
    places.set(place, { ...gravest, eyes: [...new Set([...(before?.eyes ?? []), eyes[index]])] });
  }
}
const all = [...places.values()].sort((a, b) => rank(a) - rank(b) || b.eyes.length - a.eyes.length);

phase('Refute');
/** At its line or close to it; read by the script, because no agent is needed to compare two texts. */
const findQuote = async (finding) => {
  const offset = Math.max(1, finding.line - 10);
  const shown = await tool('read_file', { path: finding.file, offset, limit: 21 }).catch(() => '');
  const rows = [...shown.matchAll(/^(\d+)\t(.*)$/gm)].filter(([, , said]) => said.includes(finding.quote.trim()));
  const lines = rows.map(([, number]) => Number(number));
  return lines.sort((a, b) => Math.abs(a - finding.line) - Math.abs(b - finding.line))[0];
};
const judged = await pipeline(
  all.slice(0, most),
  async (finding) => ({ ...finding, line: await findQuote(finding) }),
  async (finding, { line: said }) => {
    if (!finding.line) return { ...finding, line: said, real: false, why: 'Its quote is not there.' };
    const { eyes: _, ...claim } = finding;
    const answer = await agent(
      `Try to refute this finding of a code review. Read the file around the line; look who calls it, with what.
It is real only if the quote stands there, the problem can happen, and nothing handles it elsewhere.

${JSON.stringify(claim, null, 1)}`,
      { label: `${finding.file}:${finding.line}`, phase: 'Refute', agentType: 'skeptic', schema: verdict },
    );
    return answer && { ...finding, ...answer };
  },
);

phase('Report');
const stood = judged.filter((one) => one?.real).sort((a, b) => rank(a) - rank(b));
const refuted = judged.filter((one) => one && !one.real);
const placeOf = (one) => `\`${one.file}:${one.line}\``;
const section = (one) => `## ${one.severity}: ${one.title}

${placeOf(one)} (${one.eyes.join(', ')})

> ${one.quote}

${one.detail}

The adversary: ${one.why}
`;
const refutations = refuted.map((one) => `- ${one.title}, ${placeOf(one)}: ${one.why}`).join('\n');
const missed = unseen.length > 0 ? ` The diff was cut; not reviewed: ${unseen.join(', ')}.` : '';
const count = (list, isMeant) => list.filter(isMeant).length;
const report = `# Review of the changes since ${base}

Findings that stood: ${stood.length}. Refuted: ${refuted.length}.

${stood.map(section).join('\n')}
## Refuted

${refutations || 'None.'}

## How this was made

- ${seen.size} changed files were reviewed; files that git does not track were not.${missed}
- ${Math.max(0, all.length - most)} findings beyond the first ${most} were not checked and are not shown.
- ${count(judged, (one) => !one)} findings have no verdict, and are not shown either.
- ${count(reviews, (one) => !one)} reviewers failed.
${reviews.flatMap((review, index) => (review ? [`- ${eyes[index]}: ${review.note}`] : [])).join('\n')}
`;
await artifact('report.md', report);
await artifact('findings.json', stood);
return report;
