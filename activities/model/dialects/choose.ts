import type { DialectName } from '../../../contracts/config/models.ts';
import { anthropic } from './anthropic.ts';
import { deepseek } from './deepseek.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini.ts';
import { general } from './general.ts';
import { llamaCpp, vllm } from './local.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';

const dialects = [openai, deepseek, mistral, gemini, anthropic, openrouter, ollama, vllm, llamaCpp, general] as const;

/** The dialect that is named, otherwise the one that the address suggests. */
export const chooseDialect = (name: DialectName | undefined, baseUrl: string): Dialect => {
  const url = URL.parse(baseUrl);
  const guess = url ? dialects.find((dialect) => dialect.isAt(url)) : undefined;
  return dialects.find((dialect) => dialect.name === name) ?? guess ?? general;
};
