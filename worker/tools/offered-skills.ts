import type { Logger } from 'pino';
import { createLoadSkill } from '../../activities/tools/kept/load-skill.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import type { Look } from '../../definitions/look.ts';
import { openSkills } from '../../definitions/skill-files.ts';

const everyMs = 1000;

type Options = { project: string; home?: string; look: () => Look; log: Logger; changed(): void };

/** The skills of a project, of its user and of Everturn, looked at again while the worker runs. */
export const openOfferedSkills = ({ project, home, look, log, changed }: Options) => {
  const find = openSkills({ project, look, ...(home === undefined ? {} : { home }) });
  let tools: readonly Tool[] = [];
  let seen = '';

  const read = (): boolean => {
    const skills = find();
    const now = JSON.stringify(
      skills.map(({ name, description, folder, hash, problem }) => [name, description, folder, hash, problem]),
    );
    if (now === seen) return false;
    seen = now;
    for (const { folder, problem } of skills)
      if (problem !== null) log.warn(`The skill in ${folder} is not offered: ${problem}`);
    const usable = skills.filter(({ problem }) => problem === null);
    tools = usable.length === 0 ? [] : [createLoadSkill(usable)];
    return true;
  };

  read();
  const timer = setInterval(() => {
    if (read()) changed();
  }, everyMs);
  timer.unref();
  return { tools: (): readonly Tool[] => tools, close: (): void => clearInterval(timer) };
};
