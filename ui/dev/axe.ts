import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it is shown: rule, how grave, what to do, and where. Empty where all is well. */
export const axeFaults = async (page: Page): Promise<string[]> => {
  // By the debugger: the page's policy refuses scripts that are not its own.
  await page.evaluate(`${source}; undefined`);
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1).join(' ').trim() ?? '';
      return `${id} (${impact}): ${help} at ${target.flat().join(' ')} ${why}`;
    }),
  );
};
