import type { AuditAction } from '../../contracts/audit.ts';
import type { Role } from '../../contracts/users.ts';

/**
 * Who may use a route. `open`: anyone with an allowed Host and Origin. `secret`: anyone with the secret that the route itself
 * checks.
 */
export type Needed = Role | 'open' | 'secret';

/** What every route declares as its `config`. */
export type Guard = {
  needs: Needed;
  /** What it is in the audit log. Needed where the method is not GET. */
  audit?: AuditAction;
};

declare module 'fastify' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface is merged.
  interface FastifyContextConfig {
    needs?: Needed;
    audit?: AuditAction;
  }
}

export const open = { needs: 'open' } as const satisfies Guard;
/** Of a route that changes nothing. */
export const viewer = { needs: 'viewer' } as const satisfies Guard;
export const admin = { needs: 'admin' } as const satisfies Guard;
/** Of a route that acts on the work of the stack. */
export const acts = (audit: AuditAction): Guard => ({ needs: 'operator', audit });
export const administers = (audit: AuditAction): Guard => ({ needs: 'admin', audit });
