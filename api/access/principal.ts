import type { FastifyRequest } from 'fastify';
import type { Role } from '../../contracts/users.ts';
import type { Act } from '../../store/audit.ts';

/** Who sent a request. */
export type Principal = {
  name: string;
  role: Role;
  /** Of a credential that can be revoked; null for the tokens of the stack and of everturn.yaml. */
  hash: string | null;
};

export const nobody: Principal = { name: '', role: 'viewer', hash: null };

export const principalOf = (request: FastifyRequest): Principal => request.getDecorator<Principal>('principal');

/** The request as an act for the audit log. Its action is the one that the route declares. */
export const actOf = (
  request: FastifyRequest,
  target: string,
  { detail, key }: Pick<Act, 'detail' | 'key'> = {},
): Act => {
  const { name, role } = principalOf(request);
  const { audit } = request.routeOptions.config;
  if (audit === undefined) throw new Error(`${request.method} ${request.routeOptions.url} declares no audit action`);
  return { user: name, role, action: audit, target, detail, key };
};
