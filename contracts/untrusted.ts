import { EverturnError } from './errors.ts';

/** `action`: what a project cannot do before the user has trusted it, such as `start the flow nightly by its webhook`. */
export const untrusted = (action: string, otherwise = ''): EverturnError =>
  new EverturnError(
    'project_untrusted',
    `Cannot ${action}: this project is not trusted as it is now. See what it would allow, and trust it, with "npx everturn trust"${otherwise}`,
  );

/** A run of what is not trusted may ask for everything, and is allowed nothing beforehand. */
export const checkAllowance = (name: string, trusted: boolean, allow: readonly string[]): void => {
  if (!trusted && allow.length > 0)
    throw untrusted(`allow ${allow.join(', ')} to ${name}`, ', or start it without, so that it asks');
};
