import { sentSide } from './attachment-limits.ts';
import type { KeptFile, KeptImage } from './attachments.ts';

/** What a user said, in order: texts, and images among them. */
export type Said = string | KeptImage;

type Part = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

type Size = { width: number; height: number };

/** The size in which a model is sent an image. */
export const sentSize = ({ width, height }: Size): Size => {
  const scale = Math.min(1, sentSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
};

/** Names the bytes of an image until the request is sent. The same bytes always have the same name. */
const scheme = 'attachment:';

export const urlOf = (image: KeptImage): string => {
  const { width, height } = sentSize(image);
  return `${scheme}${image.attachmentId}?${width}x${height}`;
};

/** The attachment that a part's URL names; null if it is an ordinary URL. */
export const imageAt = (url: unknown): ({ id: string } & Size) | null => {
  const [, id, width, height] = (typeof url === 'string' && /^attachment:([^?]+)\?(\d+)x(\d+)$/.exec(url)) || [];
  return id === undefined ? null : { id, width: Number(width), height: Number(height) };
};

/**
 * Tokens that providers count for an image, as a guess that their usage corrects: one for some 750 pixels, with an upper limit
 * than for the largest that they look at.
 */
export const imageTokens = ({ width, height }: Size): number => Math.min(1600, Math.ceil((width * height) / 750)) + 85;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'type' in value;

/** The parts of a message's content; empty for a text. */
export const partsIn = (content: unknown): readonly Part[] => (Array.isArray(content) ? content.filter(isPart) : []);

/** The stored image that a part shows; null if it shows none. */
export const imageIn = (part: Part): ReturnType<typeof imageAt> =>
  part.type === 'image_url' ? imageAt(part.image_url.url) : null;

/** Tokens of the images in a message, beside those of its text. */
export const imageTokensIn = (content: unknown): number =>
  partsIn(content).reduce((sum, part) => {
    const image = imageIn(part);
    return image ? sum + imageTokens(image) : sum;
  }, 0);

export const labelOf = ({ name, width, height }: KeptImage): string =>
  `[Image ${JSON.stringify(name)}, ${width} × ${height} pixels]`;

/** What a model that takes no images reads instead of one. */
export const notShown =
  '[The image is not shown to you: this model takes no images. Say so if the task cannot be done without it.]';

/** What it reads instead of one that its provider has refused, or whose bytes are gone. */
export const refusedImage = '[The image is not shown to you: the provider refused it as it is.]';
export const lostImage = '[The image is not shown to you: its file is missing.]';

const join = (texts: readonly string[]): string => texts.filter((text) => text.trim() !== '').join('\n\n');

/** The content of a message of the user: a text, or parts where there are images. */
export const contentOf = (said: readonly Said[]): string | Part[] => {
  const parts: Part[] = [];
  let texts: string[] = [];
  for (const piece of said) {
    if (typeof piece === 'string') texts.push(piece);
    else {
      parts.push({ type: 'text', text: join([...texts, labelOf(piece)]) });
      parts.push({ type: 'image_url', image_url: { url: urlOf(piece) } });
      texts = [];
    }
  }
  if (parts.length === 0) return texts.join('\n\n');
  const rest = join(texts);
  return rest === '' ? parts : [...parts, { type: 'text', text: rest }];
};

/** The same content with a text in place of each stored image; a plain text if only texts are left. */
export const withoutImages = (content: unknown, instead: string): unknown => {
  if (!Array.isArray(content) || !partsIn(content).some((part) => imageIn(part) !== null)) return content;
  const parts = partsIn(content).map((part) => (imageIn(part) ? { type: 'text' as const, text: instead } : part));
  return parts.every(({ type }) => type === 'text')
    ? parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
    : parts;
};

/** How a file is shown to a model. */
export const fileText = ({ name, mediaType, pages, text, characters }: KeptFile): string => {
  const about = [mediaType, ...(pages === null ? [] : [`${pages} page${pages === 1 ? '' : 's'}`])].join(', ');
  const rest = characters - text.length;
  return [
    `[File ${JSON.stringify(name)}, ${about}]`,
    text.trim() === '' ? '[No text could be read from it: it may hold images of pages.]' : text,
    rest > 0
      ? `[The file is cut here: ${rest} more characters. Ask for it in the workspace to read the rest.]`
      : `[End of the file ${JSON.stringify(name)}]`,
  ].join('\n');
};
