import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import type { Tool } from '../tools/tool.ts';

/** What a script's worker knows of a tool: agents' workers run it. */
export type KnownTool = Pick<Tool, 'name' | 'description' | 'parameters' | 'schema' | 'permission' | 'effect'>;

const anything = z.looseObject({});

/** Tools of MCP servers and tools in TypeScript, as agents' workers offer them now. */
export const toolsOfOthers = async ({ toolSources }: Pick<Store, 'toolSources'>): Promise<KnownTool[]> =>
  (await toolSources.list()).flatMap(({ kind, fault, offers }) =>
    kind === 'file' && fault !== null
      ? []
      : offers.tools.map(({ name, description, schema, permission, effect }) => ({
          name,
          description,
          parameters: anything,
          schema,
          permission,
          effect,
        })),
  );
