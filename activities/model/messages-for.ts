import type { PlacedChunk } from '../../contracts/chunks.ts';
import { toRequest, type WireMessage } from '../../contracts/request.ts';
import type { ModelClient } from './client.ts';

/** The messages that a model is sent for these chunks. */
export const messagesFor = (
  { rules }: Pick<ModelClient, 'rules'>,
  system: string,
  chunks: readonly PlacedChunk[],
): WireMessage[] => toRequest(system, chunks, rules);
