import { z } from 'zod';
import { Role, UserName } from '../users.ts';

/** The user whose token is the stack's own. */
export const owner = 'owner';

export const User = z.strictObject({
  name: UserName.describe("The name for `approvers` of flows and for the user's answers."),
  tokenEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*_TOKEN$/, 'the name of an environment variable, such as ALICE_TOKEN')
    .describe(
      "The environment variable of the API that holds the token: 16 characters or more, different for each user. The name must end in `_TOKEN`, so that a project's file cannot turn a value that others know into a token.",
    ),
  role: Role.default('operator').describe('What the user may do: read, also start and answer, or also manage users.'),
});

/** How a team signs in at an OpenID Connect provider. Used only where EVERTURN_OIDC=true. */
export const Oidc = z.strictObject({
  issuer: z.url().describe('The address of the OpenID Connect provider.'),
  clientId: z.string().min(1).describe('The id of Everturn at the provider.'),
  clientSecretEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as OIDC_SECRET')
    .optional()
    .describe("The environment variable that holds the client's secret. Leave it out for a public client."),
  scope: z.string().default('openid email profile').describe('The scopes to ask for.'),
  nameClaim: z.string().min(1).default('email').describe('The claim that names the user.'),
  roleClaim: z.string().min(1).default('groups').describe('The claim that holds the role: a text, or a list of texts.'),
  roles: z
    .record(z.string(), Role)
    .describe(
      'Roles by the values of `roleClaim`, such as `{ agents-admins: admin }`. With several values the highest role counts; with none, the login is refused.',
    ),
  loginHours: z.number().positive().max(720).default(12).describe('Hours until the next sign-in.'),
});
export type OidcConfig = z.infer<typeof Oidc>;
