/** Of one message. */
export const maxAttachments = 10;

/** Characters of a file that a model reads. The rest is cut, and the model is informed. */
export const maxFileCharacters = 100_000;

/** Pixels of the longest side of a thumbnail, and of what a model is sent: Anthropic's limit in a request with many images. */
export const thumbnailSide = 300;
export const sentSide = 2000;

export type AttachmentLimits = { bytes: number; megapixels: number };

/** Of an attachment that everturn.yaml does not limit otherwise. */
export const attachmentLimits: AttachmentLimits = { bytes: 20 * 1024 * 1024, megapixels: 50 };
