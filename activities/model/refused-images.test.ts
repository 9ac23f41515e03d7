import { describe, expect, test } from 'vitest';
import type { KeptImage } from '../../contracts/attachments.ts';
import { contentOf, lostImage } from '../../contracts/image-parts.ts';
import { asContent, type WireMessage } from '../../contracts/request.ts';
import { adapt, type Draft, refusedImages } from './adapt.ts';
import { adaptationsFor } from './refused.ts';
import { withImages } from './with-images.ts';

const image: KeptImage = {
  attachmentId: 'a'.repeat(64),
  name: 'shot.png',
  mediaType: 'image/png',
  bytes: 10,
  width: 4000,
  height: 3000,
};
const said = (...pieces: (string | KeptImage)[]): WireMessage => {
  const content = contentOf(pieces);
  return { role: 'user', content: typeof content === 'string' ? content : asContent(content) };
};
const draft: Draft = { fields: { model: 'm' }, tools: [], messages: [said('Look', image, 'And now?')] };
const learned = (status: number, words: string) => adaptationsFor(draft, { status, said: words });

// As providers and their users reported them.
describe('a refusal says', () => {
  test.each([
    [
      400,
      'Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text` at line 1 column 679289',
    ],
    [500, 'image input is not supported by this server'],
    [500, 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'],
    [404, 'No endpoints found that support image input'],
    [400, 'This model does not support image inputs.'],
    [400, 'google/gemma-2 is not a multimodal model'],
    [400, 'messages[0].content must be a string'],
    [422, 'Input should be a valid string: messages.1.content'],
    [500, 'this model is missing data required for image input'],
  ])('that the model takes no images: %i %s', (status, words) => {
    expect(learned(status, words)).toEqual(['no images']);
  });

  test.each([
    [400, 'Could not process image'],
    [400, 'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6082044 bytes > 5242880 bytes'],
    [
      400,
      'messages.86.content.2.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels',
    ],
    [
      400,
      'messages.3.content.318.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels',
    ],
    [400, 'messages.11.content.8.image.source.base64.data: Image format image/png not supported'],
    [400, 'Invalid PNG image'],
    [400, 'base64 string of provided image cannot be decoded'],
    [
      400,
      "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp']",
    ],
    [400, 'Too many images in request: 101, at most 100 are allowed'],
    [400, 'Too much media: 0 document pages + 107 images > 100'],
    [400, 'Image count 5 exceeds limit 4 per request.'],
    [400, 'Unable to process input image. Please retry or report in troubleshooting guide'],
  ])('that one image is refused as it is: %i %s', (status, words) => {
    expect(learned(status, words)).toEqual([refusedImages]);
  });

  test('nothing about images where none was sent', () => {
    const plain = { ...draft, messages: [said('Look')] };
    expect(adaptationsFor(plain, { status: 400, said: 'image input is not supported' })).toEqual([]);
  });
});

test('without images a message is a text again, with its other words', () => {
  const [message] = adapt(draft, ['no images']).messages;
  expect(message?.content).toMatch(
    /^Look\n\n\[Image "shot\.png", 4000 × 3000 pixels\]\n\n\[The image is not shown to you: .+\]\n\nAnd now\?$/,
  );
});

test('a model without a system role gets it before the first text of a message with images', () => {
  const messages: WireMessage[] = [{ role: 'system', content: 'Be brief' }, ...draft.messages];
  const [first] = adapt({ ...draft, messages }, ['no system']).messages;
  expect(first?.content).toMatchObject([
    { text: 'Be brief' },
    { type: 'text' },
    { type: 'image_url' },
    { type: 'text' },
  ]);
});

test('bytes go out in the place of names; what a user wrote never does', async () => {
  const asked: string[] = [];
  const load = async (id: string) => {
    asked.push(id);
    return { mediaType: 'image/png', base64: 'AAAA' };
  };
  const written = `attachment:${'b'.repeat(64)}?10x10`;
  const sent = await withImages([said(written), said('Look', image)], load);
  expect(JSON.stringify(sent)).toContain('data:image/png;base64,AAAA');
  expect(sent[0]?.content).toBe(written);
  expect(asked).toEqual([image.attachmentId]);
  expect(JSON.stringify(await withImages(draft.messages, async () => null))).toContain(lostImage);
});
