import { openDefinitions } from '../../definitions/definitions.ts';
import { faultText } from '../../definitions/fault-text.ts';
import { parseScript } from '../../definitions/script-file.ts';

const meta = "export const meta = { name: 'wrong', description: 'Wrong' }\n";

/** What people get wrong, one script each. */
const sources: Record<string, string> = {
  'no meta': "return await agent('x')",
  'meta is computed': "const name = 'x'\nexport const meta = { name: name, description: 'x' }\nreturn 1",
  'meta without a description': "export const meta = { name: 'x' }\nreturn 1",
  TypeScript: `${meta}const files: string[] = []\nreturn files`,
  import: `${meta}import fs from 'node:fs'\nreturn fs.readdirSync('.')`,
  require: `${meta}const fs = require('fs')\nreturn fs.readdirSync('.')`,
  'a parenthesis left open': `${meta}const a = await agent('x'\nreturn a`,
  'a brace left open': `${meta}for (const x of [1]) {\n  log(x)\n`,
  'promises in parallel()': `${meta}return await parallel([agent('a'), agent('b')])`,
  'an object in parallel()': `${meta}return await parallel({ a: () => agent('a') })`,
  'an object in agent()': `${meta}return await agent({ prompt: 'x', label: 'y' })`,
  'a budget that is called': `${meta}budget(500_000)\nreturn await agent('x')`,
  'a function of another runner': `${meta}export default async function ({ agent, step, args }) {\n  return await step('x', () => agent('y'))\n}`,
  'helpers that are exported': `${meta}export const list = (x) => [x]\nreturn await agent(list('x')[0])`,
  'map() to promises': `${meta}return await parallel(['a'].map((x) => agent(x)))`,
  'await forgotten in a text': `${meta}const a = agent('x')\nreturn \`It says \${a}\``,
  'await forgotten in a condition': `${meta}if (agent('x')) log('yes')\nreturn 1`,
  'a clock': `${meta}const now = Date.now()\nreturn now`,
  randomness: `${meta}return Math.random()`,
  'a misspelt function': `${meta}return await agnet('x')`,
  'a misspelt option': `${meta}return await agent('x', { lable: 'y' })`,
  'an option of another type': `${meta}return await agent('x', { retries: 'two' })`,
  'a schema that is none': `${meta}return await agent('x', { schema: { type: 'objekt' } })`,
  'an unknown agent': `${meta}return await agent('x', { agentType: 'Explorer' })`,
  'a model that is not configured': `${meta}return await agent('x', { model: 'haiku' })`,
  'a loop on a budget that may be endless': `${meta}while (budget.remaining() > 0) await agent('x')`,
};

/** Each of them with what the check says, as `file:line:column`. */
export const tellWrong = (print: (line: string) => void): void => {
  const agents = new Map(
    openDefinitions({ project: '/nonexistent', home: '/nonexistent' })
      .agents()
      .map((agent) => [agent.name, agent]),
  );
  const known = {
    agents,
    models: () => ({ names: ['deepseek-chat'], aliases: {}, strict: false }),
    scripts: [],
    flows: [],
    nests: () => false,
  };
  for (const [what, source] of Object.entries(sources)) {
    print(`\n${what}`);
    for (const line of source.split('\n')) print(`  | ${line}`);
    const { faults, warnings } = parseScript(source, 'wrong.js').findingsWith(known, null);
    for (const fault of faults) print(`  error ${faultText(fault)}`);
    for (const warning of warnings) print(`  warning ${faultText(warning)}`);
  }
};
