/** A file that is to go with the next message of a session. */
export type AttachItem = {
  key: string;
  name: string;
  status: 'uploading' | 'ready' | 'failed';
  /** Once it is kept. */
  id: string | null;
  /** Of an image, shown from its own bytes. */
  preview: string | null;
  error: string | null;
};
