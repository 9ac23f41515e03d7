import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Attachments } from '../attachments/attachments.ts';
import type { Health } from '../contracts/api.ts';
import type { Config } from '../contracts/config.ts';
import type { Configured } from '../contracts/configured.ts';
import type { Retention } from '../contracts/prune.ts';
import type { EnvironmentRow } from '../contracts/settings.ts';
import type { StackMessage } from '../contracts/stack.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { Store } from '../store/store.ts';
import type { Listener } from '../store/wakeups.ts';
import type { Trust } from '../trust/trust.ts';
import type { Cookies } from './access/cookies.ts';
import type { FixedUser } from './access/identify.ts';
import type { Oidc } from './access/oidc.ts';
import type { Gateway } from './gateway.ts';
import type { Delivery } from './services/delivery.ts';
import type { RunViews } from './services/run-views.ts';
import type { Starts } from './services/runs.ts';
import type { StreamReader } from './streaming/reader.ts';
import type { UiSessions } from './temporal-ui/session.ts';

/** What the application is made of. */
export type ApiContext = {
  store: Store;
  listener: Listener;
  gateway: Gateway;
  delivery: Delivery;
  definitions: Definitions;
  trust: Trust;
  attachments: Attachments;
  /** What everturn.yaml says now. */
  configured: () => Configured;
  /** The whole of it, and what this process was started with, for people to read. Default: the defaults. */
  resolved?: () => { config: Config; environment: EnvironmentRow[] };
  /** What the supervisor said last; null if there is none. */
  supervised?: () => Omit<StackMessage, 'type'> | null;
  /** What `POST /api/prune` deletes if the request does not say. Default: nothing. */
  retention?: Retention;
  /** Where the secrets of webhooks are found by name. */
  variables: NodeJS.ProcessEnv;
  /** What `/health` says that does not change while the process runs. */
  about: Pick<Health, 'version' | 'model' | 'temporalUi' | 'workspace'>;
};

/** With what the routes share. */
export type RouteContext = ApiContext & {
  starts: Starts;
  runViews: RunViews;
  reader: StreamReader;
  /** Those that no route changes: the owner, and the users of everturn.yaml. */
  fixedUsers: readonly Pick<FixedUser, 'name' | 'role'>[];
  /** How users sign in; null if login is not configured. `hours`: how long it lasts. */
  login: Login | null;
  cookies: Cookies;
  uiSessions: UiSessions;
};

export type Login = { oidc: Oidc; hours: number };

/** The application as the routes see it: what they declare is checked by schema. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
