import { afterAll, beforeAll, describe } from 'vitest';
import { everturnAsServer } from './extensions/as-server.ts';
import { askingServers } from './extensions/asking-servers.ts';
import { type Field, openField } from './extensions/field.ts';
import { toolsInScripts } from './extensions/in-scripts.ts';
import { ownTools } from './extensions/own-tools.ts';
import { serversInTurns } from './extensions/servers.ts';

// One stack for all of it.
let opened: Field;
beforeAll(async () => {
  opened = await openField();
});
afterAll(() => opened.close());
const field = (): Field => opened;

describe('servers', () => serversInTurns(field));
describe('a server that asks in the middle of a call', () => askingServers(field));
describe('a script', () => toolsInScripts(field));
describe('a tool in TypeScript', () => ownTools(field));
describe('everturn mcp', () => everturnAsServer(field));
