import { describe, expect, it } from 'vitest';
import { imitated } from '../../conformance/providers/imitated.ts';
import { serve } from '../../conformance/providers/imitation.ts';
import type { DialectName } from '../../contracts/config/models.ts';
import { createModelClient } from './client.ts';
import { probeModel } from './probe.ts';

const probe = async (name: keyof typeof imitated, dialect: DialectName) => {
  const provider = await serve(imitated[name]);
  try {
    const client = createModelClient({
      baseUrl: provider.url,
      apiKey: 'k',
      key: name,
      model: 'probe-1',
      dialect,
      timeoutMs: 5000,
    });
    return await probeModel(client, AbortSignal.timeout(60_000));
  } finally {
    await provider.close();
  }
};

describe('probeModel', () => {
  it('says what a provider of the kind of DeepSeek can do', async () => {
    expect(await probe('deepseek', 'deepseek')).toMatchObject({
      dialect: 'deepseek',
      streaming: true,
      tools: 'called',
      parallelTools: { answer: 'yes' },
      structuredOutput: { answer: 'refused', note: `HTTP 400, "'response_format' is not supported"` },
      reasoning: { answer: 'yes', note: 'in reasoning_content' },
      reasoningMustReturn: { answer: 'yes' },
      images: { answer: 'refused' },
      cachedTokens: { answer: 'yes' },
      contextTokens: 131_072,
      leftOut: [],
    });
  });

  it('says what one of the kind of Mistral can do, and what it refused', async () => {
    expect(await probe('mistral', 'general')).toMatchObject({
      parallelTools: { answer: 'yes' },
      structuredOutput: { answer: 'yes' },
      reasoning: { answer: 'no' },
      reasoningMustReturn: { answer: 'no' },
      images: { answer: 'yes' },
      cachedTokens: { answer: 'no' },
      contextTokens: 32_768,
      leftOut: ['stream_options'],
    });
  });

  it('says what one of the kind of Ollama cannot do', async () => {
    expect(await probe('ollama', 'ollama')).toMatchObject({
      usage: null,
      parallelTools: { answer: 'no', note: 'one call at a time' },
      structuredOutput: { answer: 'no' },
      reasoning: { answer: 'yes', note: 'in reasoning' },
      reasoningMustReturn: { answer: 'no' },
      images: { answer: 'refused' },
      cachedTokens: { answer: 'unknown', note: 'it reports no usage' },
      contextTokens: null,
    });
  });
});
