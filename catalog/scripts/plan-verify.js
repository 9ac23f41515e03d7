export const meta = {
  name: 'plan-verify',
  description: 'Plans how to reach a goal; critics attack the plan, it is revised, and the report lists what is not verified.',
  whenToUse: 'Before work that is expensive to do wrongly: a migration, a refactoring, a feature in unknown code.',
  phases: [
    { title: 'Plan', detail: 'by one agent, each step with the place where it begins' },
    { title: 'Criticise', detail: 'critics who see neither each other nor the planner' },
    { title: 'Revise', detail: 'if a critic objects, or a place does not exist' },
    { title: 'Verify', detail: 'places by the script itself, the rest by a checklist' },
  ],
};

const { goal, folder = '.' } = typeof args === 'string' ? { goal: args } : (args ?? {});
if (!goal) throw new Error('There is no goal: pass a text, or { goal, folder }');

// Shorthands for JSON Schema.
const object = (properties, required = Object.keys(properties)) => ({ type: 'object', properties, required });
const list = (maxItems, items) => ({ type: 'array', maxItems, items });
const text = (maxLength, description) => ({ type: 'string', minLength: 1, maxLength, description });
const integer = (minimum, description) => ({ type: 'integer', minimum, description });

const step = {
  title: text(120),
  detail: text(1500, 'What is done, and how one sees that it is done'),
  file: text(400, 'Where it begins; left out with line and quote when the step makes a new file'),
  line: integer(1),
  quote: text(400, 'That line, word for word'),
};
const plans = object({ steps: list(12, object(step, ['title', 'detail'])), note: text(600, 'What you assume') });
const about = `Goal: ${goal}\nFolder: ${folder}`;

phase('Plan');
const draft = await agent(
  `Plan how to reach this goal in the files of the folder: 3 to 8 steps that one developer carries out in order.
Look at the files first. Name for each step the place where it begins: a file, a line, and that line word for word.

${about}`,
  { label: 'plan', agentType: 'planner', schema: plans, onError: 'throw' },
);

/** Steps, with what a read of their places says. A step without a place begins in a new file. */
const lookUp = (steps) => parallel(steps.map((one) => async () => {
  if (!one.file) return { ...one, place: 'new' };
  const said = await tool('read_file', { path: one.file, offset: one.line, limit: 1 }).catch(({ message }) => message);
  const isThere = one.quote && said.includes(one.quote.trim());
  return { ...one, place: isThere ? 'there' : `read_file gives “${said.slice(0, 120)}”` };
}));
const isLost = ({ place }) => place !== 'new' && place !== 'there';
const shown = (steps) => JSON.stringify(steps.map((one, index) => ({ step: index + 1, ...one })), null, 1);

phase('Criticise');
const views = {
  completeness: 'what the goal needs and no step does',
  order: 'steps that need what only a later one makes, and steps after which nothing works until the next',
  cost: 'steps that the goal does not need, and simpler ways to the same end',
};
const first = await lookUp(draft.steps);
const critics = await parallel(Object.entries(views).map(([view, looks]) => () => agent(
  `Criticise this plan from one point of view. Hand in objections that would make it another plan; none is good, too.

${about}
View: ${view} (${looks})

${shown(draft.steps)}`,
  {
    label: view,
    agentType: 'skeptic',
    schema: object({
      objections: list(5, object({ step: integer(0, '0 for the whole'), problem: text(600), remedy: text(600) })),
      note: text(600, 'What you looked at'),
    }),
  },
)));
const objections = [
  ...critics.flatMap((critic) => critic?.objections ?? []),
  ...first.flatMap((one, index) => (isLost(one) ? [{ step: index + 1, problem: `Its place: ${one.place}` }] : [])),
];

phase('Revise');
const revised = objections.length === 0 ? null : await agent(
  `Revise this plan: answer each objection by a better step, and leave a step as it is where none holds.
Each step names the place where it begins: a file, a line, and that line word for word.

${about}

The plan:
${shown(draft.steps)}

The objections:
${JSON.stringify(objections, null, 1)}`,
  { label: 'revise', agentType: 'planner', schema: plans },
);

phase('Verify');
const plan = revised ?? draft;
const steps = await lookUp(plan.steps);
const checks = [
  ...steps.map((one, index) => `Step ${index + 1} can be done as it says, with what is there`),
  'No step needs what only a later one makes',
  'All steps together reach the goal, and none is superfluous',
  ...(objections.length > 0 ? ['Each objection is answered, or does not hold'] : []),
].map((check, index) => ({ number: index + 1, check }));
const verified = await agent(
  `Verify this plan by the checklist. Verified is only what you have seen in the files yourself; say where.

${about}

The plan:
${shown(plan.steps)}

The checklist:
${JSON.stringify(checks, null, 1)}`,
  {
    label: 'checklist',
    agentType: 'skeptic',
    schema: object({
      checks: list(30, object({
        number: integer(1),
        verdict: { type: 'string', enum: ['verified', 'failed', 'unverified'] },
        why: text(800, 'What you saw, with its file and line'),
      })),
    }),
  },
);
const answers = new Map((verified?.checks ?? []).map((one) => [one.number, one]));
const unverified = [
  ...steps.filter(isLost).map((one) => `The place of “${one.title}”: ${one.place}`),
  ...checks.flatMap(({ number, check }) => {
    const { verdict = 'unverified', why = 'It was not checked.' } = answers.get(number) ?? {};
    return verdict === 'verified' ? [] : [`${check}: ${verdict}. ${why}`];
  }),
];
const placeOf = ({ file, line, quote, place }) =>
  place === 'new' ? 'A new file' : `\`${file}:${line}\`\n\n   > ${place === 'there' ? quote : `Not there: ${place}`}`;
const items = steps.map((one, index) => `${index + 1}. **${one.title}** ${one.detail}\n\n   ${placeOf(one)}`);
const notes = critics.map((critic, index) => `- ${Object.keys(views)[index]}: ${critic?.note ?? 'this critic failed'}`);
const report = `# ${goal}

${items.join('\n\n') || 'No plan was found.'}

${plan.note}

## Not verified

${unverified.map((one) => `- ${one}`).join('\n') || 'Nothing: each point of the checklist was verified.'}

## How this was made

- Objections: ${objections.length}. The plan was ${revised ? '' : 'not '}revised.
${notes.join('\n')}
`;
await artifact('report.md', report);
await artifact('plan.json', { goal, steps, unverified });
return report;
