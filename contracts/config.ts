import { z } from 'zod';
import { attachmentLimits } from './attachment-limits.ts';
import { AutoFixSettings } from './auto-fix.ts';
import { Oidc, owner, User } from './config/access.ts';
import { Commands } from './config/commands.ts';
import { Limits } from './config/limits.ts';
import { Key, ModelEntry, nameOfModel } from './config/models.ts';
import { Server } from './config/server.ts';
import { ContextSettings } from './context/settings.ts';
import { ChangeMode } from './file-changes.ts';
import { McpServers } from './mcp.ts';
import { PermissionRules } from './permissions/rule.ts';
import { Retention } from './prune.ts';
import { WebSearch } from './web-search.ts';

/** everturn.yaml. Every field has a default: without the file, the built-in offline model answers. */
export const Config = z
  .strictObject({
    keys: z.record(z.string(), Key).default({}).describe('Addresses and keys of providers, by a name of your choice.'),
    models: z
      .array(ModelEntry)
      .default([])
      .describe('Models in order of preference: the first is used, and the next ones if it fails.'),
    strictModels: z
      .boolean()
      .default(false)
      .describe(
        'Refuse scripts and agent files that name a model that is not configured. Otherwise the first model is used, with a warning.',
      ),
    limits: Limits.prefault({}).describe('Limits. Raising one above its default needs your trust in the project.'),
    context: ContextSettings.prefault({}).describe(
      "When a conversation is shortened. Shares are of the model's context window.",
    ),
    attachments: z
      .strictObject({
        bytes: z
          .int()
          .min(1024)
          .max(200 * 1024 * 1024)
          .default(attachmentLimits.bytes)
          .describe('Maximum bytes of one attachment.'),
        megapixels: z
          .number()
          .min(0.01)
          .max(500)
          .default(attachmentLimits.megapixels)
          .describe('Maximum millions of pixels of one decoded image.'),
      })
      .prefault({})
      .describe('Limits for attachments of messages, and for images that a tool reads.'),
    commandEnv: z
      .array(z.string())
      .default([])
      .describe(
        'Environment variables that commands may see, in addition to PATH, HOME, LANG, LC_ALL, TERM, TMPDIR and USER.',
      ),
    commands: Commands.prefault({}).describe('How commands of agents run.'),
    changes: z
      .strictObject({
        mode: ChangeMode.default('ask').describe('How changes to files are applied in new sessions.'),
      })
      .prefault({})
      .describe('What happens when an agent changes a file.'),
    autoFix: AutoFixSettings.prefault({}).describe(
      'A command that runs after steps that changed files, and whose failure is passed to the model.',
    ),
    permissions: PermissionRules.default([]).describe(
      'Rules for tool calls: allow them, ask a user, or deny them. Ask and deny rules apply even before the project is trusted.',
    ),
    web: z
      .boolean()
      .default(true)
      .describe('Whether agents may fetch pages with `web_fetch`. Private addresses are always refused.'),
    search: WebSearch.optional().describe('The search engine of `web_search`. Without it there is no such tool.'),
    mcp: McpServers.default({}).describe(
      'MCP servers whose tools agents may call, by name. Personal ones are in `~/.everturn/mcp.yaml`.',
    ),
    users: z.array(User).default([]).describe("Users in addition to `owner`, who has the stack's own token."),
    oidc: Oidc.optional().describe(
      'An OpenID Connect provider at which people sign in, if `EVERTURN_OIDC=true`. Its redirect address is `EVERTURN_CONSOLE_URL` with `/api/login/callback`.',
    ),
    retention: Retention.prefault({}).describe(
      'What `everturn prune` deletes, by age in days. Everything else is kept.',
    ),
    server: Server.prefault({}).describe('Ports of the stack.'),
  })
  .superRefine(({ users }, context) => {
    const names = [owner, ...users.map(({ name }) => name)];
    users.forEach(({ name }, index) => {
      if (names.indexOf(name) > index) return;
      const who = name === owner ? "the user of the stack's own token" : 'another user';
      const message = `${who} has the name "${name}"; give this one another name`;
      context.addIssue({ code: 'custom', path: ['users', index, 'name'], message });
    });
  })
  .superRefine(({ keys, models }, context) => {
    const names = models.map(nameOfModel);
    models.forEach((entry, index) => {
      const { key, name } = entry;
      const first = names.indexOf(names[index] ?? '');
      if (first < index) {
        const path = ['models', index, name === undefined ? 'model' : 'name'];
        const message = `models[${first}] has the name "${names[first]}"; give this one another name`;
        context.addIssue({ code: 'custom', path, message });
      }
      (entry.aliases ?? []).forEach((alias, at) => {
        const owner = models.findIndex(
          (other, place) => nameOfModel(other) === alias || (place < index && (other.aliases ?? []).includes(alias)),
        );
        if (owner === -1 || (owner === index && nameOfModel(entry) !== alias)) return;
        const message = `models[${owner}] has the name "${alias}"; give this one another alias`;
        context.addIssue({ code: 'custom', path: ['models', index, 'aliases', at], message });
      });
      if (Object.hasOwn(keys, key)) return;
      const known = Object.keys(keys).join(', ') || 'none';
      context.addIssue({
        code: 'custom',
        path: ['models', index, 'key'],
        message: `no key is named "${key}"; named are: ${known}`,
      });
    });
  });
export type Config = z.infer<typeof Config>;
