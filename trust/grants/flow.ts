import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';
import { parseFlow } from '../../definitions/flow/file.ts';
import { replaces } from './replaces.ts';

export const flowGrants = (text: string, file: string): Omit<Grant, 'file'>[] => {
  const { definition, name: declared } = parseFlow(text, file);
  const name = declared ?? path.parse(file).name;
  const { schedule, webhook } = definition ?? {};
  return [
    ...(schedule
      ? [{ kind: 'schedule', allows: `starts the flow ${name} by itself at "${schedule.cron}" (${schedule.timeZone})` }]
      : []),
    ...(webhook
      ? [{ kind: 'webhook', allows: `POST /api/hooks/${name} with the secret of ${webhook.secretEnv} starts the flow` }]
      : []),
    ...replaces('flow', name, file),
  ];
};
