/** What a server may take of us. It is a stranger: all of it is checked before anything is kept. */
export const serverLimits = {
  /** Bytes of one message. */
  messageBytes: 16_000_000,
  /** Within a second; a server that sends more is read more slowly. */
  bytesInSecond: 32_000_000,
  messagesInSecond: 2000,
  /** Seconds in a row in which it sent as much as it may, after which it is ended. */
  fullSeconds: 10,
  /** Of its standard error, the newest that is kept. */
  saidCharacters: 4000,
  /** Of a call, however often it says that it goes on, and whatever it asks. */
  callMs: 6_600_000,
  tools: 200,
  descriptionCharacters: 4000,
  schemaBytes: 64_000,
  schemaDepth: 40,
  /** Of what is kept of all its tools together. */
  offerBytes: 512_000,
  resources: 500,
  prompts: 200,
  /** Pages of a list. */
  pages: 50,
  resultCharacters: 50_000,
} as const;
