import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Config } from '../contracts/config.ts';
import { eventually } from '../test/support/until.ts';
import { loadTrustedConfig } from './config.ts';
import { openTrust } from './trust.ts';
import { watchConfig } from './watch-config.ts';

let root: string;
let project: string;
let config: string | undefined;
let seen: (string | string[])[];
let current: Config;
let stop: () => Promise<void>;

const write = (text: string): void => writeFileSync(path.join(project, 'everturn.yaml'), text);
const keys = (url: string): string => `keys: { a: { baseUrl: '${url}' } }\nmodels: [{ key: a, model: m }]\n`;
const give = (): void => {
  const opened = openTrust(project, {});
  opened.give(opened.state().hash);
};
const begin = (source: NodeJS.ProcessEnv, check?: (next: Config) => void): void => {
  current = loadTrustedConfig(project, source).config;
  const watch = watchConfig({
    project,
    source,
    config: current,
    ...(check ? { check } : {}),
    taken: async (taken) => {
      current = taken.config;
      seen.push(taken.changed, ...taken.needsRestart.map((field) => `restart ${field}`));
    },
    refused: async (fault) => void seen.push(fault),
  });
  stop = watch.stop;
};
const sees = (what: (string | RegExp | string[])[]): Promise<void> =>
  eventually(() => expect(seen).toEqual(what.map((one) => (one instanceof RegExp ? expect.stringMatching(one) : one))));

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'everturn-watch-'));
  project = path.join(root, 'project');
  mkdirSync(project);
  config = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = path.join(root, 'config');
  seen = [];
});
afterEach(async () => {
  await stop();
  process.env.XDG_CONFIG_HOME = config;
  rmSync(root, { recursive: true, force: true });
});

const trusted = { EVERTURN_TRUST: '1' };

test('a changed file is taken, with the fields that changed and those that wait for a restart', async () => {
  write('limits: { stepsPerTurn: 10 }');
  begin(trusted);
  write('limits: { stepsPerTurn: 20 }\nserver: { port: 5000 }');
  await sees([['limits.stepsPerTurn', 'server.port'], 'restart server.port']);
  expect(current.limits.stepsPerTurn).toBe(20);
  // Its words alone: nothing has changed.
  write('# port\nlimits: { stepsPerTurn: 20 }\nserver: { port: 5000 }');
  write('limits: { stepsPerTurn: 30 }\nserver: { port: 5000 }');
  await sees([
    ['limits.stepsPerTurn', 'server.port'],
    'restart server.port',
    ['limits.stepsPerTurn'],
    'restart server.port',
  ]);
});

test('one with faults, or that cannot be used here, leaves the one before it in use and is said once; mended, it counts', async () => {
  write('limits: { stepsPerTurn: 10 }');
  begin(trusted, ({ limits }) => {
    if (limits.stepsPerTurn === 11) throw new Error('eleven is not to be used');
  });
  write('limits: { stepsPerTurn: ten }');
  await sees([/stepsPerTurn/]);
  write('limits: { stepsPerTurn: 11 }');
  await sees([/stepsPerTurn/, /eleven/]);
  expect(current.limits.stepsPerTurn).toBe(10);
  write('limits: { stepsPerTurn: 10 }');
  await sees([/stepsPerTurn/, /eleven/, []]);
  rmSync(path.join(project, 'everturn.yaml'));
  await sees([/stepsPerTurn/, /eleven/, [], ['limits.stepsPerTurn']]);
});

test('what its person has not trusted is not taken, and is once they have', async () => {
  write(keys('http://one.example'));
  give();
  begin({});
  expect(current.keys.a?.baseUrl).toBe('http://one.example');
  write(keys('http://two.example'));
  await sees([/is not trusted/]);
  expect(current.keys.a?.baseUrl).toBe('http://one.example');
  give();
  await sees([/is not trusted/, ['keys.a']]);
  expect(current.keys.a?.baseUrl).toBe('http://two.example');
});

test('a file that was not trusted at the start is taken once it is', async () => {
  write(keys('http://one.example'));
  begin({});
  expect(current.models).toEqual([]);
  give();
  await sees([['keys.a', 'models']]);
});

test('a file that appears later and is not trusted is told of, and taken once it is trusted', async () => {
  begin({});
  // The first look is over when this is seen.
  write('limits: { stepsPerTurn: 20 }');
  await sees([['limits.stepsPerTurn']]);
  write(keys('http://one.example'));
  await sees([['limits.stepsPerTurn'], /is not trusted/]);
  give();
  await sees([['limits.stepsPerTurn'], /is not trusted/, ['keys.a', 'models', 'limits.stepsPerTurn']]);
});

test('one that was not trusted at the start and is changed is told of', async () => {
  write(keys('http://one.example'));
  begin({});
  write(keys('http://two.example'));
  await sees([/is not trusted/]);
});
