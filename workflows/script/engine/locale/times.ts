/** Guest code: `(tools) => format(date, locales, options, required, defaults)`, dates and times as en-US writes them, in UTC. */
export const times = `(({ refuse, localeOf, optionOf }) => {
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const numeric = ['numeric', '2-digit'];
const words = ['long', 'short', 'narrow'];
const styles = ['full', 'long', 'medium', 'short'];
const two = (number) => String(number).padStart(2, '0');
const word = (name, style) => style === 'long' ? name : style === 'short' ? name.slice(0, 3) : name[0];
const dateFields = ['weekday', 'year', 'month', 'day'];
const timeFields = ['hour', 'minute', 'second', 'fractionalSecondDigits'];

const read = (given) => {
  const options = given === undefined ? {} : Object(given);
  const pick = (name, values) => optionOf(options, name, values, undefined);
  optionOf(options, 'calendar', ['gregory', 'gregorian'], 'gregory');
  optionOf(options, 'numberingSystem', ['latn'], 'latn');
  if (options.timeZone !== undefined && !/^(utc|gmt|etc\\/utc|etc\\/gmt|[+-]00:?00)$/i.test(String(options.timeZone))) {
    refuse('timeZone', options.timeZone, 'a script has only UTC, the same on every worker');
  }
  for (const name of ['era', 'dayPeriod']) if (options[name] !== undefined) refuse(name, options[name]);
  const cycle = pick('hourCycle', ['h12', 'h23']);
  return {
    weekday: pick('weekday', words), year: pick('year', numeric), month: pick('month', [...numeric, ...words]), day: pick('day', numeric),
    hour: pick('hour', numeric), minute: pick('minute', numeric), second: pick('second', numeric),
    fractionalSecondDigits: pick('fractionalSecondDigits', [1, 2, 3]),
    timeZoneName: pick('timeZoneName', ['short', 'long']), dateStyle: pick('dateStyle', styles), timeStyle: pick('timeStyle', styles),
    isHalfDay: options.hour12 === undefined ? cycle !== 'h23' : Boolean(options.hour12),
  };
};

const ofDateStyle = {
  full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  long: { year: 'numeric', month: 'long', day: 'numeric' },
  medium: { year: 'numeric', month: 'short', day: 'numeric' },
  short: { year: '2-digit', month: 'numeric', day: 'numeric' },
};
const ofTimeStyle = {
  full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' },
  long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  short: { hour: 'numeric', minute: '2-digit' },
};

/** The fields to show: those asked for, otherwise the usual ones of the function that was called. */
const fieldsOf = (asked, required, defaults) => {
  const { dateStyle, timeStyle, isHalfDay } = asked;
  if (dateStyle !== undefined || timeStyle !== undefined) {
    for (const name of [...dateFields, ...timeFields, 'timeZoneName']) if (asked[name] !== undefined) throw new TypeError(name + ' and ' + (dateStyle === undefined ? 'timeStyle' : 'dateStyle') + ' cannot be given together');
    if (dateStyle !== undefined && required === 'time') throw new TypeError('dateStyle is for dates, and this gives a time');
    if (timeStyle !== undefined && required === 'date') throw new TypeError('timeStyle is for times, and this gives a date');
    return { ...ofDateStyle[dateStyle], ...ofTimeStyle[timeStyle], isHalfDay };
  }
  const has = (names) => names.some((name) => asked[name] !== undefined);
  const isAsked = (required !== 'time' && has(dateFields)) || (required !== 'date' && has(timeFields));
  if (isAsked) return asked;
  const date = defaults !== 'time' ? { year: 'numeric', month: 'numeric', day: 'numeric' } : {};
  const time = defaults !== 'date' ? { hour: 'numeric', minute: '2-digit', second: '2-digit' } : {};
  const given = {};
  for (const name of Object.keys(asked)) if (asked[name] !== undefined) given[name] = asked[name];
  return { ...date, ...time, ...given };
};

const dateText = (date, { weekday, year, month, day }) => {
  const number = (style, value) => style === '2-digit' ? two(value % 100) : String(value);
  const name = weekday && word(days[date.getUTCDay()], weekday);
  const yearText = year && number(year, date.getUTCFullYear());
  const dayText = day && number(day, date.getUTCDate());
  if (!month) {
    const only = [name, yearText, dayText].filter(Boolean);
    if (only.length > 1) refuse('the fields', [weekday && 'weekday', year && 'year', day && 'day'].filter(Boolean).join(' and '), 'give month too');
    return only[0] ?? '';
  }
  if (name && !day) refuse('the fields', 'weekday and month', 'give day too');
  const isText = words.includes(month);
  const monthText = isText ? word(months[date.getUTCMonth()], month) : number(month, date.getUTCMonth() + 1);
  const rest = isText
    ? monthText + (dayText ? ' ' + dayText + (yearText ? ', ' : '') : yearText ? ' ' : '') + (yearText ?? '')
    : [monthText, dayText, yearText].filter(Boolean).join('/');
  return name ? name + ', ' + rest : rest;
};

const timeText = (date, { hour, minute, second, fractionalSecondDigits, timeZoneName, isHalfDay }) => {
  if (hour && second && !minute) refuse('the fields', 'hour and second', 'give minute too');
  if (fractionalSecondDigits && !second) refuse('fractionalSecondDigits', fractionalSecondDigits, 'give second too');
  const hours = date.getUTCHours();
  const shown = isHalfDay ? hours % 12 || 12 : hours;
  const parts = [];
  if (hour) parts.push(hour === '2-digit' || !isHalfDay ? two(shown) : String(shown));
  if (minute) parts.push(hour || second ? two(date.getUTCMinutes()) : String(date.getUTCMinutes()));
  if (second) {
    const fraction = fractionalSecondDigits ? '.' + String(date.getUTCMilliseconds()).padStart(3, '0').slice(0, fractionalSecondDigits) : '';
    parts.push((minute ? two(date.getUTCSeconds()) : String(date.getUTCSeconds())) + fraction);
  }
  const clock = parts.join(':') + (hour && isHalfDay ? (hours < 12 ? ' AM' : ' PM') : '');
  const zone = timeZoneName === 'long' ? 'Coordinated Universal Time' : timeZoneName === 'short' ? 'UTC' : '';
  return [clock, zone].filter(Boolean).join(' ');
};

return (date, locales, given, required, defaults) => {
  localeOf(locales, false);
  const fields = fieldsOf(read(given), required, defaults);
  if (!(date.getTime() === date.getTime())) return 'Invalid Date';
  const day = dateText(date, fields);
  const time = timeText(date, fields);
  if (day === '' || time === '') return day + time;
  const isWeekday = !fields.year && !fields.month && !fields.day;
  return day + (isWeekday ? ' ' : fields.month === 'long' ? ' at ' : ', ') + time;
};
})`;
