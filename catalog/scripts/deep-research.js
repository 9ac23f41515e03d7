export const meta = {
  name: 'deep-research',
  description:
    'Answers a question from the files of a folder, and from web pages where some are given. Each quote is looked up.',
  whenToUse: 'A question that takes more than one search: how something works, why it is so, where it is decided.',
  phases: [
    { title: 'Plan', detail: 'from which angles to search' },
    { title: 'Search', detail: 'an agent for each angle' },
    { title: 'Check', detail: 'each quote at its line, by the script itself' },
    { title: 'Gaps', detail: 'what is still open, searched for once' },
    { title: 'Write', detail: 'the answer, each statement with its sources' },
  ],
};

const { question, folder = '.', angles = 5, urls = [] } = typeof args === 'string' ? { question: args } : (args ?? {});
if (!question) throw new Error('There is no question: pass a text, or { question, folder, angles, urls }');

// Shorthands for JSON Schema.
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const list = (maxItems, items) => ({ type: 'array', maxItems, items });
const text = (maxLength, description) => ({ type: 'string', minLength: 1, maxLength, description });

const searches = (most) => list(most, object({ angle: text(120), query: text(120, 'Two to four words') }));
const passages = object({
  passages: list(6, object({
    file: text(400, 'Its path relative to the workspace, or the address of the page'),
    line: { type: 'integer', minimum: 0, description: '0 for a page' },
    text: text(400, 'The line, word for word'),
    why: text(400, 'What it has to do with the question'),
  })),
});
const about = `Question: ${question}\nFolder: ${folder}`;

phase('Plan');
const plan = (await agent(
  `Split this question into searches from ${angles} angles at most, for others who will search the files of the folder.
A query is two to four words that are likely to stand close together in the files: look which words the files use.

${about}`,
  { label: 'plan', agentType: 'planner', schema: object({ searches: searches(angles), note: text(600) }) },
)) ?? { searches: [{ angle: 'as asked', query: question }], note: 'The planner failed.' };

const searcher = (phase, label, how) => () => agent(
  `Find passages that help to answer the question. ${how}\n${about}`,
  { label: label.slice(0, 60), phase, agentType: 'searcher', schema: passages },
);
const inFiles = (phase, wanted) => wanted.map(({ angle, query }) => searcher(phase, query,
  `Search the files of the folder: begin with the query, then try other wordings.
Hand in the 2 to 6 best, each a line exactly as it stands in its file.

Query: ${query}\nAngle: ${angle}`));
const onPages = urls.map((url) => searcher('Search', url, `Fetch this page.\n\nURL: ${url}`));

const placeOf = ({ file, line }) => (line > 0 ? `${file}:${line}` : file);
const rowsOf = (shown) => [...shown.matchAll(/^(\d+)\t(.*)$/gm)].map(([, row, said]) => ({ line: Number(row), said }));

/** The passage at the line where it is found word for word; null if it is nowhere near. */
const lookUp = async (one) => {
  const rows = /^https?:/.test(one.file)
    ? [{ line: 0, said: await tool('web_fetch', { url: one.file }) }]
    : rowsOf(await tool('read_file', { path: one.file, offset: Math.max(1, one.line - 40), limit: 80 }));
  const distance = ({ line }) => Math.abs(line - one.line);
  const places = rows.filter(({ said }) => said.includes(one.text.trim())).sort((a, b) => distance(a) - distance(b));
  return places.length > 0 ? { ...one, line: places[0].line } : null;
};

const sources = new Map();
const dropped = [];
const check = async (answers) => {
  const found = new Map();
  for (const [rank, one] of answers.flatMap((answer) => [...(answer?.passages ?? []).entries()])) {
    const key = `${placeOf(one)} ${one.text}`;
    // What several agents found counts more, and what an agent put first.
    found.set(key, { ...one, score: 1 / (rank + 1) + (found.get(key)?.score ?? 0) });
  }
  const passages = [...found.values()];
  const checked = await parallel(passages.map((one) => () => lookUp(one)));
  for (const one of checked.filter(Boolean)) sources.set(`${placeOf(one)} ${one.text}`, one);
  dropped.push(...passages.filter((_, index) => !checked[index]));
};
const numbered = () => [...sources.values()]
  .sort((a, b) => b.score - a.score)
  .map(({ score, ...one }, index) => ({ number: index + 1, ...one }));

phase('Search');
const answers = await parallel([...inFiles('Search', plan.searches), ...onPages]);

phase('Check');
await check(answers);

phase('Gaps');
const open = await agent(
  `Which parts of the question do these passages leave open? Hand in a search for each, and none when nothing is open.

${about}\n\n${JSON.stringify(numbered(), null, 1)}`,
  { label: 'gaps', agentType: 'planner', schema: object({ gaps: searches(3), note: text(600, 'What is open') }) },
);
if (open?.gaps.length > 0) await check(await parallel(inFiles('Gaps', open.gaps)));

phase('Write');
const kept = numbered();
const written = kept.length === 0 ? null : await agent(
  `Answer the question from these passages, which were checked. Each statement names the numbers of those it rests on.

Question: ${question}\n\n${JSON.stringify(kept, null, 1)}`,
  {
    label: 'answer',
    agentType: 'writer',
    schema: object({
      answer: text(3000, 'In two to six sentences, with what the passages leave open'),
      statements: list(24, object({ text: text(600), sources: list(9, { type: 'integer' }) })),
    }),
  },
);
const isGrounded = ({ sources }) => sources.length > 0 && sources.every((number) => kept[number - 1]);
const grounded = (written?.statements ?? []).filter(isGrounded);
const report = `# ${question}

${(kept.length > 0 ? written?.answer : 'Nothing was found.') ?? 'The writer failed; the sources are valid.'}

${grounded.map((one) => `- ${one.text} ${one.sources.map((number) => `[${number}]`).join('')}`).join('\n')}

## Sources

${kept.map((one) => `${one.number}. \`${placeOf(one)}\`\n\n   > ${one.text}\n\n   ${one.why}`).join('\n') || 'None.'}

## How this was made

- Searched in \`${folder}\` for: ${plan.searches.map(({ query }) => query).join('; ')}. ${plan.note}
- Then, for what was open: ${open?.gaps.map(({ query }) => query).join('; ') || 'nothing'}. ${open?.note ?? ''}
- ${kept.length} passages stand at their places. ${dropped.length} do not: ${dropped.map(placeOf).join(', ') || '-'}
- ${answers.filter((answer) => !answer).length} searches failed.
`;
await artifact('report.md', report);
return report;
