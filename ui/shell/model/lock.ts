import type { Health } from '../../../contracts/api.ts';

/** Why this user may only look; null where they may act. The API decides: this spares them a refusal. */
export const lockOf = (health: Health | null): string | null =>
  health?.user.role === 'viewer'
    ? `${health.user.name} is a viewer: reading is allowed, acting is not. Ask an admin for the role "operator"`
    : null;
