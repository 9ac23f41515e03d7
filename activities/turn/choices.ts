import { hash } from 'node:crypto';
import { canonical } from '../../contracts/canonical.ts';
import type { PrefixChoices } from '../../contracts/prefix.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { StepContext } from '../../store/requests.ts';
import type { ModelClient, ModelReply } from '../model/client.ts';
import { extensionsIn } from '../tools/extensions.ts';
import type { SessionAgent } from './agent.ts';
import type { Move } from './guards/decide.ts';

type Options = {
  model: Pick<ModelClient, 'name' | 'settings'>;
  context: Pick<StepContext, 'definition' | 'schema'>;
  agent: Pick<SessionAgent, 'tools'>;
  /** The newest change of everturn.yaml that the session has been notified of. */
  configId: number;
  move: Pick<Extract<Move, { kind: 'ask' }>, 'offersTools'>;
  epoch: number;
  refused: ModelReply['refused'];
};

const digest = (value: unknown): string => hash('sha256', canonical(value), 'base64url').slice(0, 12);

/** What a request is made from beside its transcript. */
export const choicesOf = ({ model, context, agent, configId, move, epoch, refused }: Options): PrefixChoices => ({
  model: model.name,
  agent: digest([context.definition, context.schema]),
  configuration: digest([model.settings, configId, agent.tools.map(({ name }) => name).toSorted()]),
  options: [...new Set(refused)].toSorted().join(),
  release: packageJson.version,
  extensions: extensionsIn(agent.tools),
  tools: move.offersTools ? 'offered' : 'withheld',
  epoch,
});
