import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { payloadConverterPath } from '../../worker/bundle.ts';

const folder = new URL('../histories/', import.meta.url);

type History = ReturnType<typeof historyFromJSON>;

/** A history as it was made, with what the payload codec read from Postgres for it, both base64. */
export type RecordedHistory = {
  workflowId: string;
  workflowType: string;
  history: unknown;
  contents: Record<string, string>;
};

const keyOf = ({ metadata, data }: Payload): string =>
  [
    ...Object.entries(metadata ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value),
    data ?? new Uint8Array(),
  ]
    .map((part) => Buffer.from(part).toString('base64'))
    .join('.');

/** A codec that notes in `contents` what the other one decodes. */
export const notingCodec = (codec: PayloadCodec, contents: Record<string, string>): PayloadCodec => ({
  encode: (payloads) => codec.encode(payloads),
  async decode(payloads) {
    const decoded = await codec.decode(payloads);
    for (const [index, payload] of payloads.entries()) {
      const plain = decoded[index];
      if (plain && plain !== payload) {
        contents[keyOf(payload)] = Buffer.from(JSON.stringify(toPlain(plain))).toString('base64');
      }
    }
    return decoded;
  },
});

type PlainPayload = { metadata: Record<string, string>; data: string };

const toPlain = ({ metadata, data }: Payload): PlainPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? new Uint8Array()).toString('base64'),
});

const fromPlain = ({ metadata, data }: PlainPayload): Payload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, new Uint8Array(Buffer.from(value, 'base64'))]),
  ),
  data: new Uint8Array(Buffer.from(data, 'base64')),
});

/** A codec that gives what was noted. What workflows say during a replay goes nowhere. */
const recordedCodec = (contents: Record<string, string>): PayloadCodec => ({
  encode: async (payloads) => payloads,
  decode: async (payloads) =>
    payloads.map((payload) => {
      const noted = contents[keyOf(payload)];
      return noted === undefined ? payload : fromPlain(JSON.parse(Buffer.from(noted, 'base64').toString()));
    }),
});

const isScript = (workflowType: string): boolean => workflowType === 'script';

export const bundleOf = (workflowType: string): string =>
  inject(isScript(workflowType) ? 'scriptsBundlePath' : 'bundlePath');

/** Rejects with a `DeterminismViolationError` if the workflows of this commit do not do what the history says. */
export const replay = async (
  { workflowId, workflowType, contents }: RecordedHistory,
  history: History,
): Promise<void> => {
  await Worker.runReplayHistory(
    {
      workflowBundle: { codePath: bundleOf(workflowType) },
      dataConverter: {
        payloadConverterPath,
        ...(isScript(workflowType) ? { payloadCodecs: [recordedCodec(contents)] } : {}),
      },
    },
    history,
    workflowId,
  );
};

export const historyOf = ({ history }: RecordedHistory): History => historyFromJSON(history);

export const recordedNames = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();

export const readRecorded = async (name: string): Promise<RecordedHistory> =>
  JSON.parse(await readFile(new URL(name, folder), 'utf8'));

export const writeRecorded = async (
  name: string,
  { history, ...recorded }: Omit<RecordedHistory, 'history'> & { history: History },
): Promise<void> => {
  const text = JSON.stringify({ ...recorded, history: JSON.parse(historyToJSON(history)) }, null, 1);
  await writeFile(new URL(`${name}.json`, folder), `${text}\n`);
};
