import { imageIn, lostImage, partsIn } from '../../contracts/image-parts.ts';
import { asContent, type WireMessage } from '../../contracts/request.ts';

/** The bytes of an image by the hash that names it; null: they are not there. */
export type LoadImage = (id: string) => Promise<{ mediaType: string; base64: string } | null>;

type Part = ReturnType<typeof partsIn>[number];

const toPart =
  (load: LoadImage) =>
  async (part: Part): Promise<Part> => {
    const image = imageIn(part);
    if (!image) return part;
    const found = await load(image.id);
    if (!found) return { type: 'text', text: lostImage };
    return { type: 'image_url', image_url: { url: `data:${found.mediaType};base64,${found.base64}` } };
  };

/** The messages as they go out: with the bytes of their images in place of their names. */
export const withImages = async (messages: readonly WireMessage[], load: LoadImage): Promise<WireMessage[]> => {
  const sent: WireMessage[] = [];
  for (const message of messages) {
    const parts = message.role === 'user' ? partsIn(message.content) : [];
    if (!parts.some((part) => imageIn(part) !== null)) sent.push(message);
    else sent.push({ role: 'user', content: asContent(await Promise.all(parts.map(toPart(load)))) });
  }
  return sent;
};
