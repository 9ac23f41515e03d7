import type { FlowList } from '../../contracts/found.ts';

const file = (name: string): string => `/home/ada/lantern/.everturn/flows/${name}.yaml`;
const common = { shadows: [], faults: [], schedule: null, webhook: false };

/** What the fixture server has found: a form, JSON, no input, and a file with faults. */
export const fixtureFlows: FlowList = {
  flows: [
    {
      ...common,
      name: 'research-report',
      description:
        'Plans questions, searches the folder in parallel, cross-checks, and writes a report with its sources.',
      origin: 'built-in',
      file: '/usr/lib/everturn/catalog/flows/research-report.yaml',
      inputs: {
        type: 'object',
        required: ['question', 'depth'],
        additionalProperties: false,
        properties: {
          question: { type: 'string', minLength: 8, title: 'Question', description: 'What the report answers' },
          folder: { type: 'string', default: '.', title: 'Folder', description: 'Where to look, within the workspace' },
          depth: { type: 'string', enum: ['quick', 'thorough'], default: 'quick', title: 'Depth' },
          searches: { type: 'integer', minimum: 1, maximum: 20, default: 4, title: 'Searches at once' },
          web: { type: 'boolean', default: true, title: 'Look in the web where it can be reached' },
        },
      },
    },
    {
      ...common,
      name: 'review-code',
      description:
        'Reviewers with different eyes over a git diff, an adversarial check of each finding, a ranked report.',
      origin: 'project',
      file: file('review-code'),
      shadows: ['/usr/lib/everturn/catalog/flows/review-code.yaml'],
      inputs: {
        type: 'object',
        properties: { base: { type: 'string' }, paths: { type: 'array', items: { type: 'string' } } },
      },
    },
    {
      ...common,
      name: 'nightly-tides',
      description: 'Checks the tide table of the coming week.',
      origin: 'project',
      file: file('nightly-tides'),
      inputs: { type: 'object', properties: {} },
      schedule: { cron: '0 4 * * *', timeZone: 'Europe/Oslo', overlap: 'skip' },
    },
    {
      ...common,
      name: 'winter-plan',
      description: '',
      origin: 'personal',
      file: file('winter-plan'),
      inputs: null,
      faults: [
        {
          file: file('winter-plan'),
          line: 14,
          column: 13,
          path: 'steps[2].needs[0]',
          message: 'unknown step or batch "serach", did you mean "search"?',
        },
        {
          file: file('winter-plan'),
          line: 21,
          column: 5,
          path: 'steps[3]',
          message: 'cycle: check needs fix, fix needs check',
        },
      ],
    },
  ],
  clashes: [],
};
