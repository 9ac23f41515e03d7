/**
 * Guest code: a `Date` without a clock and without a place. It is UTC whatever the worker's time zone is, so that a replay
 * on another machine gives the same. `noClock(what)` throws.
 */
export const dates = `((noClock) => {
'use strict';
const NativeDate = Date;
const { construct, apply } = Reflect;
const { parse, UTC, prototype } = NativeDate;
const { isNaN } = Number;
const toUTCString = Function.prototype.call.bind(prototype.toUTCString);
const split = Function.prototype.call.bind(String.prototype.split);

/** A text that names no zone is read as if it ended with the Z that it lacks. */
const parseUtc = (text) => {
  const withZone = parse(text + 'Z');
  return isNaN(withZone) ? parse(text) : withZone;
};
const FixedDate = function Date(...given) {
  if (new.target === undefined) noClock('Date()');
  if (given.length === 0) noClock('new Date() without an argument');
  const first = given[0];
  if (given.length > 1) return construct(NativeDate, [apply(UTC, null, given)], new.target);
  return construct(NativeDate, [typeof first === 'string' ? parseUtc(first) : first], new.target);
};
FixedDate.prototype = prototype;
prototype.constructor = FixedDate;
FixedDate.parse = (text) => parseUtc(String(text));
FixedDate.UTC = UTC;
FixedDate.now = () => noClock('Date.now()');

for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
  prototype['get' + part] = prototype['getUTC' + part];
  if (part !== 'Day') prototype['set' + part] = prototype['setUTC' + part];
}
prototype.getTimezoneOffset = () => 0;
/** 'Thu, 01 Jan 1970 00:00:00 GMT', cut and put together again. */
const shown = (make) => function () {
  const parts = split(toUTCString(this), ' ');
  return parts.length < 6 ? parts.join(' ') : make(parts[0].slice(0, 3) + ' ' + parts[2] + ' ' + parts[1] + ' ' + parts[3], parts[4]);
};
prototype.toString = shown((date, time) => date + ' ' + time + ' GMT+0000');
prototype.toDateString = shown((date) => date);
prototype.toTimeString = shown((date, time) => time + ' GMT+0000');
globalThis.Date = FixedDate;
})`;
