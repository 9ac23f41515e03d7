import path from 'node:path';
import { z } from 'zod';
import { namesIn } from '../../../files/names-in.ts';
import { readTextBounded } from '../../../files/read-bounded.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { nearest } from '../nearest.ts';
import { noNul, quote } from '../text.ts';
import type { Tool } from '../tool.ts';

/** What is offered of a skill. */
export type OfferedSkill = { name: string; description: string; folder: string; body: string };

const maxBytes = 1_000_000;
const maxListed = 200;

const filesOf = async (folder: string, below = ''): Promise<string[]> => {
  const { names } = await namesIn(path.join(folder, below), maxListed);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .toSorted()
      .map(async (name): Promise<string[]> => {
        const place = path.join(below, name);
        const inside = below.split(path.sep).length < 3 ? await filesOf(folder, place).catch(() => null) : null;
        return inside ?? [place];
      }),
  );
  return found.flat().slice(0, maxListed);
};

/** Only names and descriptions are in every prompt; the rest is loaded by this. */
export const createLoadSkill = (skills: readonly OfferedSkill[]): Tool => ({
  ...defineTool({
    name: 'load_skill',
    description: [
      'Load the instructions of a skill before work that one of these describes. With file: another file of its folder.',
      ...skills.map(({ name, description }) => `- ${name}: ${description}`),
    ].join('\n'),
    parameters: z.strictObject({
      name: z.string().min(1).describe('Of the skill'),
      file: noNul.min(1).max(1000).optional().describe('Relative to the folder of the skill'),
    }),
    effect: 'pure',
    permission: 'read',
    isQuick: true,
    doing: ({ name }) => `load the skill ${quote(name, 80)}`,
    async run({ name, file }) {
      const skill = skills.find((one) => one.name === name);
      if (!skill) {
        const names = skills.map((one) => one.name);
        throw failed(`there is no such skill; nearest are ${nearest(name, names).join(', ')}`);
      }
      const { folder, body } = skill;
      if (file !== undefined) {
        const place = path.resolve(folder, file);
        if (!place.startsWith(folder + path.sep)) throw failed(`${quote(file)} is not in its folder`);
        return ok(readTextBounded(place, { most: maxBytes, within: folder }));
      }
      const others = (await filesOf(folder)).filter((one) => one !== 'SKILL.md');
      const listed =
        others.length === 0
          ? []
          : [
              `[Its folder is ${folder}. Files: ${others.join(', ')}. Programs in it run by run_command, with their whole path.]`,
            ];
      return ok([body, ...listed].join('\n\n'));
    },
  }),
  source: 'skills',
});
