import { collation } from './collation.ts';
import { numbers } from './numbers.ts';
import { times } from './times.ts';

/**
 * Guest code: what `toLocaleString()` and its like, `localeCompare()` and `Intl` give is plain en-US in UTC, the same on every
 * worker. What is not there throws, by its name.
 */
export const locale = `(() => {
'use strict';
const { defineProperty } = Object;
const shown = (value) => typeof value === 'string' ? JSON.stringify(value) : String(value);
const refuse = (name, value, advice) => { throw new RangeError(name + ': ' + shown(value) + ' is not supported in a script' + (advice === undefined ? '' : ': ' + advice)); };
/** \`isWide\`: numbers and the order of texts are the same in other English-speaking places. */
const localeOf = (locales, isWide) => {
  if (locales === undefined) return;
  const list = Array.isArray(locales) ? locales : [locales];
  if (list.length === 0) return;
  const wanted = typeof list[0] === 'object' && list[0] !== null ? String(list[0]) : list[0];
  if (typeof wanted !== 'string') throw new TypeError('A locale is a text, such as "en-US", not ' + shown(wanted));
  if (/^en(-latn)?(-us)?$/i.test(wanted) || (isWide && /^en-(gb|au|ca|nz|ie)$/i.test(wanted))) return;
  refuse('locale', wanted, 'numbers, dates and localeCompare() are en-US, the same on every worker; leave the locale out');
};
const optionOf = (options, name, values, otherwise) => {
  const value = options[name];
  if (value === undefined) return otherwise;
  return values.includes(value) ? value : refuse(name, value, 'it may be ' + values.map(shown).join(', '));
};
const tools = { refuse, localeOf, optionOf };
const formatNumber = (${numbers})(tools);
const formatDate = (${times})(tools);
const compare = (${collation})(tools);
const put = (holder, name, value) => defineProperty(holder, name, { value, writable: true, configurable: true, enumerable: false });
const methods = (holder, made) => { for (const name of Object.keys(made)) put(holder, name, made[name]); };

const numberValue = Number.prototype.valueOf;
const bigintValue = BigInt.prototype.valueOf;
methods(Number.prototype, { toLocaleString(locales, options) { return formatNumber(Reflect.apply(numberValue, this, []), locales, options); } });
methods(BigInt.prototype, { toLocaleString(locales, options) { return formatNumber(Reflect.apply(bigintValue, this, []), locales, options); } });
methods(Date.prototype, {
  toLocaleString(locales, options) { return formatDate(this, locales, options, 'any', 'all'); },
  toLocaleDateString(locales, options) { return formatDate(this, locales, options, 'date', 'date'); },
  toLocaleTimeString(locales, options) { return formatDate(this, locales, options, 'time', 'time'); },
});
const { toUpperCase, toLowerCase } = String.prototype;
methods(String.prototype, {
  localeCompare(that, locales, options) { return compare(String(this), String(that), locales, options); },
  toLocaleUpperCase(locales) { localeOf(locales, true); return Reflect.apply(toUpperCase, this, []); },
  toLocaleLowerCase(locales) { localeOf(locales, true); return Reflect.apply(toLowerCase, this, []); },
});
put(Array.prototype, 'toLocaleString', function (locales, options) {
  return this.map((item) => item === undefined || item === null ? '' : item.toLocaleString(locales, options)).join(',');
});

const kinds = {
  NumberFormat: (locales, options) => { formatNumber(0, locales, options); return { format: (value) => formatNumber(typeof value === 'bigint' ? value : Number(value), locales, options) }; },
  DateTimeFormat: (locales, options) => {
    formatDate(new Date(0), locales, options, 'any', 'date');
    return { format: (date) => formatDate(date === undefined ? new Date() : new Date(date), locales, options, 'any', 'date') };
  },
  Collator: (locales, options) => { compare('', ' ', locales, options); return { compare: (a, b) => compare(String(a), String(b), locales, options) }; },
  PluralRules: (locales, options) => {
    localeOf(locales, true);
    const type = optionOf(options ?? {}, 'type', ['cardinal', 'ordinal'], 'cardinal');
    const ordinal = (n) => n % 10 === 1 && n % 100 !== 11 ? 'one' : n % 10 === 2 && n % 100 !== 12 ? 'two' : n % 10 === 3 && n % 100 !== 13 ? 'few' : 'other';
    return { select: (value) => type === 'ordinal' ? ordinal(Math.abs(Number(value))) : Math.abs(Number(value)) === 1 ? 'one' : 'other' };
  },
  ListFormat: (locales, options) => {
    localeOf(locales, true);
    const last = optionOf(options ?? {}, 'type', ['conjunction', 'disjunction'], 'conjunction') === 'conjunction' ? 'and' : 'or';
    optionOf(options ?? {}, 'style', ['long'], 'long');
    return {
      format: (list) => {
        const items = [...list];
        if (items.length < 3) return items.join(' ' + last + ' ');
        return items.slice(0, -1).join(', ') + ', ' + last + ' ' + items[items.length - 1];
      },
    };
  },
};
const Intl = {};
for (const name of Object.keys(kinds)) {
  const made = function (locales, options) { return Object.freeze({ ...kinds[name](locales, options), resolvedOptions: () => ({ locale: 'en-US', ...(name === 'DateTimeFormat' ? { calendar: 'gregory', timeZone: 'UTC' } : {}), ...options }) }); };
  defineProperty(made, 'name', { value: name });
  made.supportedLocalesOf = (locales) => (Array.isArray(locales) ? locales : [locales]).filter((one) => /^en(-us)?$/i.test(one));
  put(Intl, name, made);
}
for (const name of ['RelativeTimeFormat', 'Segmenter', 'DisplayNames', 'DurationFormat', 'Locale']) {
  put(Intl, name, function () { throw new RangeError('Intl.' + name + ' is not supported in a script'); });
}
defineProperty(Intl, Symbol.toStringTag, { value: 'Intl' });
put(globalThis, 'Intl', Intl);
})`;
