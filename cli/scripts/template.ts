/** What `scripts new` writes: small, and of every part that most scripts need. */
export const template = (name: string): string => `/// <reference path="./everturn-scripts.d.ts" />
// @ts-check

// Read before the script runs: plain texts only, no variables and no calls.
export const meta = {
  name: '${name}',
  description: 'Looks at a folder from several sides and puts the findings together',
  phases: [{ title: 'Look' }, { title: 'Write' }],
}

/** @param {{ folder?: string } | undefined} args what the run was started with */
export default async function (args) {
  const folder = args?.folder ?? '.'
  const sides = ['what it is for', 'how its parts depend on each other', 'what is missing or wrong']

  phase('Look')
  // parallel() takes functions and waits for all of them; one that fails gives null.
  const views = await parallel(
    sides.map((side) => () => agent(\`Read the folder \${folder} and say in a few lines \${side}.\`, { label: side })),
  )
  const found = views.filter((view) => view !== null)
  log(\`\${found.length} of \${sides.length} agents found something\`)

  phase('Write')
  const report = await agent(\`Write one page in Markdown from these notes:\\n\\n\${found.join('\\n\\n')}\`, {
    label: 'report',
    onError: 'throw',
  })
  // A file that is kept with the run; what is returned is the run's result.
  await artifact('report.md', report)
  return { folder, report }
}
`;
