import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules whose outcome the colours decide. */
const ofColours = '{ runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations"] }';
const all = '{ resultTypes: ["violations"] }';

const axeFaults = async (page: Page, options: string): Promise<string[]> => {
  const results = (await page.evaluate(`axe.run(document, ${options})`)) as AxeResults;
  return results.violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1).join(' ').trim() ?? '';
      return `${id} (${impact}): ${help} at ${target.flat().join(' ')} ${why}`;
    }),
  );
};

/** What axe finds wrong with the page as it is shown, in light and dark: rule, how grave, what to do, and where. */
export const axeFaultsIn = async (page: Page): Promise<string[]> => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  // By the debugger: the page's policy refuses scripts that are not its own.
  await page.evaluate(`${source}; undefined`);
  const light = await axeFaults(page, all);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await axeFaults(page, ofColours);
  return [...light, ...dark.map((fault) => `in dark: ${fault}`)];
};
