import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { findRunning } from '../../cli/supervisor/state.ts';
import { startBrowser } from '../../ui/dev/browser.ts';
import type { Project } from '../support/project.ts';

export type Scheme = 'dark' | 'light';

const folder = path.join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

/** A browser on the console of a running stack. Pictures have a palette, which keeps them small. */
export const openCamera = async (project: Project) => {
  const running = findRunning(project.folder);
  if (!running) throw new Error('Cannot open the console: the stack does not run');
  const { browser, close } = await startBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await mkdir(folder, { recursive: true });
  const taken: string[] = [];

  return {
    taken,
    close,
    open: async (address: string): Promise<Page> => {
      const page = await context.newPage();
      const [before, hash] = address.split('#');
      await page.goto(`${running.apiUrl}${before}#${hash ? `${hash}&` : ''}token=${running.token}`);
      return page;
    },
    shoot: async (page: Page, name: string, schemes: readonly Scheme[] = ['dark', 'light']): Promise<void> => {
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(() => document.fonts.ready);
        const picture = await sharp(await page.screenshot())
          .png({ palette: true, colours: 96, effort: 10 })
          .toBuffer();
        const file = `tour-${name}-${colorScheme}.png`;
        await writeFile(path.join(folder, file), picture);
        taken.push(`${file} (${Math.round(picture.length / 1024)} KB)`);
      }
    },
  };
};
