import { Config } from '../../contracts/config.ts';
import { Settings } from '../../contracts/settings.ts';
import { SkillList } from '../../contracts/skills.ts';
import { openSkills } from '../../definitions/skill-files.ts';
import { readSettings } from '../../trust/settings.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';

export const settingsRoutes = (app: Api, { about, resolved, trust, variables }: ApiContext): void => {
  const skills = openSkills({ project: about.workspace, look: trust.look });

  // Secrets are in neither, and what may hold one is masked all the same.
  app.get('/api/settings', { config: viewer, schema: { response: { 200: Settings } } }, async () => {
    const { config, environment } = resolved?.() ?? { config: Config.parse({}), environment: [] };
    return { ...readSettings(about.workspace, config, variables), environment };
  });

  app.get('/api/skills', { config: viewer, schema: { response: { 200: SkillList } } }, async () => ({
    skills: skills().map(({ name, description, origin, folder, problem }) => ({
      name,
      description,
      origin,
      folder,
      problem,
    })),
  }));
};
