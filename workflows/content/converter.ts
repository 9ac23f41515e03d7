import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  type Payload,
  type PayloadConverterWithEncoding,
  UndefinedPayloadConverter,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { encodings, isContent, isResultOf } from '../../contracts/content.ts';

/** The value with the run it belongs to: the codec of the scripts' workers keeps it in Postgres. */
const contentConverter: PayloadConverterWithEncoding = {
  encodingType: encodings.content,
  toPayload(value): Payload | undefined {
    if (!isContent(value)) return undefined;
    const metadata = { encoding: encode(encodings.content), run: encode(value.runId) };
    return { metadata, data: encode(JSON.stringify(value.value ?? null)) };
  },
  fromPayload: <T>({ data }: Payload): T => JSON.parse(decode(data ?? new Uint8Array())) as T,
};

/** Made where no codec is; only the codec of the scripts' workers reads it. */
const resultConverter: PayloadConverterWithEncoding = {
  encodingType: encodings.result,
  toPayload: (value) =>
    isResultOf(value) ? { metadata: { encoding: encode(encodings.result) }, data: encode(value.key) } : undefined,
  fromPayload: <T>({ data }: Payload): T => decode(data ?? new Uint8Array()) as T,
};

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  contentConverter,
  resultConverter,
  new BinaryPayloadConverter(),
  new JsonPayloadConverter(),
);
