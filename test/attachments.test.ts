import { afterAll, beforeAll, describe } from 'vitest';
import { attachmentsInApi } from './attachments/api.ts';
import { attachmentsInConsole } from './attachments/console.ts';
import { type Field, openField } from './attachments/field.ts';
import { keptAttachments } from './attachments/kept.ts';
import { attachmentsInModels } from './attachments/models.ts';

// One stack for all of it.
let opened: Field;
beforeAll(async () => {
  opened = await openField();
});
afterAll(() => opened.close());
const field = (): Field => opened;

describe('a model', () => attachmentsInModels(field));
describe('the API', () => attachmentsInApi(field));
describe('what is kept', () => keptAttachments(field));
describe('the console', () => attachmentsInConsole(field));
