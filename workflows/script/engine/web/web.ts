import { clone } from './clone.ts';
import { searchParams } from './search-params.ts';
import { text } from './text.ts';
import { url } from './url.ts';

/** Guest code: the globals of other hosts that need nothing of the outside. */
export const web = `(() => {
'use strict';
const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
(${clone})(define);
const coding = (${text})(define);
(${url})(define, coding, (${searchParams})(define, coding));
})`;
