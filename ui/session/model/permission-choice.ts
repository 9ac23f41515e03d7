import type { Session } from '../../../contracts/api.ts';

type Allow = Session['allow'];

const choices: readonly { name: string; words: string; allow: Allow }[] = [
  { name: 'ask', words: 'Asks before it acts', allow: [] },
  { name: 'write', words: 'Writes without asking', allow: ['write'] },
  { name: 'run', words: 'Writes and runs without asking', allow: ['write', 'run'] },
];

const written = (allow: Allow): string =>
  allow
    .filter((one) => one !== 'read')
    .toSorted()
    .join();

/** The name of the choice that allows exactly this; `own`: none of them does. */
export const permissionOf = (allow: Allow): string =>
  choices.find((choice) => written(choice.allow) === written(allow))?.name ?? 'own';

export const permissionChoices = (allow: Allow): readonly { name: string; words: string }[] =>
  permissionOf(allow) === 'own'
    ? [...choices, { name: 'own', words: `${allow.join(' and ')} without asking` }]
    : choices;

/** Null for what is no choice of ours. */
export const allowedBy = (name: string): Allow | null => choices.find((choice) => choice.name === name)?.allow ?? null;
